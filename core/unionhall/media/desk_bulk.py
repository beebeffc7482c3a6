"""One thing done with several assets: each is judged on the server; one foreign id, and nothing happens."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.base import clock, db
from unionhall.base.web import go, safe_next
from unionhall.hooks.types import Actor
from unionhall.media import folders, queries, rights, services, uses
from unionhall.media.desk_blueprint import bp
from unionhall.media.models import Asset
from unionhall.media.services import InUse
from unionhall.platform.access import current_actor, needs

MOST_AT_ONCE = 100


@bp.post("/bulk")
@needs(rights.USE)
def bulk() -> ResponseReturnValue:
    """Move, tag or delete several assets; those in use are left, and named."""
    actor, back = current_actor(), safe_next(request.form.get("next"), url_for("media_desk.index"))
    name, ids = request.form.get("action", ""), _ids()
    if name not in {"move", "tag", "delete"}:
        abort(400)
    if not ids:
        flash(_("还没有勾选素材。"), "warn")
        return go(back)
    found = queries.several(ids, actor)
    for item in found:
        rights.require_change(actor, item)
    if name == "delete":
        return _delete(found, actor, back)
    if name == "move":
        _move(found, actor)
    else:
        _tag(found, actor)
    return go(back)


def _move(found: list[Asset], actor: Actor) -> None:
    folder = request.form.get("folder", "")
    moved = folders.move(found, folder, actor=actor, now=clock.now())
    if folder.strip():
        flash(ngettext("%(num)d 个素材放进了“%(folder)s”。", "%(num)d 个素材放进了“%(folder)s”。", moved, folder=folder.strip()), "ok")
    else:
        flash(ngettext("%(num)d 个素材移出了文件夹。", "%(num)d 个素材移出了文件夹。", moved), "ok")


def _tag(found: list[Asset], actor: Actor) -> None:
    words = services.split_tags(request.form.get("tags", ""))
    if not words:
        flash(_("先写要加的标签，再点“加标签”。"), "warn")
        return
    for item in found:
        services.add_tags(item, words, actor=actor, now=clock.now())
    flash(ngettext("%(num)d 个素材加上了标签。", "%(num)d 个素材加上了标签。", len(found)), "ok")


def _delete(found: list[Asset], actor: Actor, back: str) -> ResponseReturnValue:
    used = uses.numbers([item.id for item in found])
    if "confirmed" not in request.form:
        return render_template("media/desk_bulk_delete.html", assets=found, used=used, next=back)
    gone, kept = 0, []
    for item in found:
        name = item.name
        try:
            with db.session().begin_nested():
                services.delete_asset(item, actor=actor, now=clock.now())
            gone += 1
        except InUse:
            kept.append(name)
    if gone:
        flash(ngettext("%(num)d 个素材已删除。", "%(num)d 个素材已删除。", gone), "ok")
    if kept:
        flash(_("还在使用，没有删除：%(names)s。", names="、".join(kept)), "warn")
    return go(back)


def _ids() -> list[int]:
    texts = list(dict.fromkeys(request.form.getlist("ids")))
    if len(texts) > MOST_AT_ONCE or not all(text.isdecimal() and len(text) < 10 for text in texts):
        abort(400)
    return [int(text) for text in texts]
