"""One asset: what is said of it, its file, where it is used, what happened to it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, UnionHallError
from unionhall.base.web import fail, go, takes_files
from unionhall.desk.forms import DeskForm
from unionhall.media import (
    addresses,
    folders,
    history,
    labels,
    queries,
    renditions,
    replacing,
    rights,
    services,
    uploads,
    uses,
)
from unionhall.media.desk_blueprint import bp
from unionhall.media.forms import DetailsForm, ReplaceForm
from unionhall.media.models import Asset
from unionhall.media.services import InUse, Prepared
from unionhall.platform.access import can, current_actor, needs


@bp.get("/<int:asset_id>/")
@needs(rights.USE)
def asset(asset_id: int) -> ResponseReturnValue:
    """Show an asset; who may not change it sees the same without the forms."""
    found = queries.get(asset_id, current_actor())
    form = DetailsForm(formdata=None)
    form.fill(found)
    return _page(found, form)


@bp.post("/<int:asset_id>/")
@needs(rights.USE)
def edit(asset_id: int) -> ResponseReturnValue:
    """Store what is said of an asset; who saves second sees both and loses nothing."""
    actor, now = current_actor(), clock.now()
    found, form = queries.get(asset_id, actor), DetailsForm()
    rights.require_change(actor, found)
    if not form.accepted():
        return _page(found, form), 422
    try:
        services.edit(found, form.details(found), base=form.base_number, actor=actor, now=now)
        folders.move([found], form.folder.data or "", actor=actor, now=now)
    except Conflict as error:
        form.refuse(error)
        db.session().expire_all()
        differing = form.differing(found)
        form.base.data = str(found.edits)
        return _page(found, form, theirs=differing), error.status
    except UnionHallError as error:
        form.refuse(error)
        return _page(found, form), error.status
    flash(_("“%(name)s”的资料已保存。", name=found.name), "ok")
    return go(url_for("media_desk.asset", asset_id=asset_id))


@bp.post("/<int:asset_id>/replace")
@takes_files
@needs(rights.USE)
def replace(asset_id: int) -> ResponseReturnValue:
    """Put another file in the place of the asset's; readers see it at once, wherever it is used."""
    actor, now, form = current_actor(), clock.now(), ReplaceForm()
    rights.require_change(actor, queries.get(asset_id, actor))
    upload = form.file.data
    try:
        prepared: Prepared = uploads.read_file(upload) if upload and upload.filename else services.prepare(b"")
        db.start_writing()
        found = queries.get(asset_id, actor)
        replacing.replace(found, prepared, upload.filename or "", base=form.base_number, actor=actor, now=now)
    except UnionHallError as error:
        fail()
        return _not_replaced(asset_id, form, error), error.status
    flash(_("文件换好了，用到它的地方都已经是新的。"), "ok")
    return go(url_for("media_desk.asset", asset_id=asset_id))


@bp.route("/<int:asset_id>/delete", methods=["GET", "POST"])
@needs(rights.USE)
def delete(asset_id: int) -> ResponseReturnValue:
    """Ask, then delete an asset that nothing uses; one in use is named with its places, 409."""
    actor, form = current_actor(), DeskForm()
    found = queries.get(asset_id, actor)
    rights.require_change(actor, found)
    name, status = found.name, 409 if uses.numbers([asset_id]) else 200
    if status == 200 and form.accepted():
        try:
            services.delete_asset(found, actor=actor, now=clock.now())
        except InUse:
            status = 409
        else:
            flash(_("“%(name)s”已删除。", name=name), "ok")
            return go(url_for("media_desk.index"))
    if status == 409:
        fail()
    return render_template("media/desk_delete.html", item=found, uses=uses.of(asset_id, actor)), status


def _not_replaced(asset_id: int, replacement: ReplaceForm, error: UnionHallError) -> str:
    """Return the asset's page as it is now, with the reason at the form for the new file."""
    db.session().rollback()
    found = queries.get(asset_id, current_actor())
    error.field = None if isinstance(error, Conflict) else "file"
    replacement.refuse(error)
    form = DetailsForm(formdata=None)
    form.fill(found)
    return _page(found, form, replacement=replacement)


def _page(
    found: Asset, form: DetailsForm, *, theirs: list[tuple[str, str, str]] | None = None, replacement: ReplaceForm | None = None
) -> str:
    actor = current_actor()
    replacement = replacement or ReplaceForm(formdata=None)
    replacement.base.data = str(found.edits)
    form.name_for(found)
    shown: dict[str, Any] = {
        "item": found, "form": form, "replacement": replacement, "theirs": theirs or [], "uses": uses.of(found.id, actor),
        "history": history.of(found), "files": _files(found), "cuts": _cuts(found), "labels": labels,
        "waiting": any(name not in found.renditions for name in renditions.wanted(found)),
        "may_change": rights.may_change(actor, found), "manages": can(actor, rights.MANAGE, found.org),
        "folders": queries.folder_names(found.org_id),
    }  # fmt: skip
    return render_template("media/desk_asset.html", **shown)


def _files(found: Asset) -> list[tuple[str, str]]:
    """Return (what it is, its size) of the whole file and its renditions, smallest first within a format."""
    lines = [(found.extension.upper(), labels.size(found.bytes))]
    for ending in ("webp", "avif"):
        variants = [item for name in found.renditions if (item := addresses.read_variant(name)) and item.ending == ending]
        whole = sorted((item for item in variants if not item.cut), key=lambda item: item.width)
        sizes = [(item.width, found.renditions[item.name]) for item in whole]
        if sizes:
            told = "、".join(f"{width} px" + (f" {labels.size(size)}" if size else "") for width, size in sizes)
            lines.append((ending.upper() if ending == "avif" else "WebP", told))
    return lines


def _cuts(found: Asset) -> list[tuple[str, str]]:
    """Return (shape, address) of how cards show the picture."""
    return [(shape, found.thumbnail(shape)) for shape in addresses.SHAPES] if found.is_image else []
