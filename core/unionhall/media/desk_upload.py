"""Uploading: one picture from the editor, several files from the library, each for itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from unionhall.base import clock, db
from unionhall.base.errors import NotFound, UnionHallError
from unionhall.base.web import fail, takes_files, wants_json
from unionhall.desk import scope
from unionhall.hooks.types import Actor
from unionhall.media import folders, rights, services, uploads
from unionhall.media.desk_blueprint import bp
from unionhall.media.models import Asset, Kind
from unionhall.media.refusals import UploadRefused, explained
from unionhall.media.services import Kept
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

STATUS = {"too-large": 413, "document-too-large": 413}
MOST_HOMES = 200
MOST_FILES = 40


@dataclass(frozen=True)
class Outcome:
    """What became of one file: kept (or known before), or the reason why not."""

    name: str
    asset: Asset | None = None
    known: bool = False
    why: str = ""


@bp.post("/images")
@needs(rights.USE)
def upload_image() -> ResponseReturnValue:
    """Store one picture for the editor; answers with its address and size, or with a code and a sentence."""
    actor, file = current_actor(), request.files.get("file")
    try:
        picture = uploads.read_picture(file) if file else services.prepare(b"")
    except UploadRefused as error:
        return _refused(error)
    name = (file.filename or "") if file else ""
    image = services.keep_picture(picture, name, org=home(actor, request.form.get("org", "")), actor=actor, now=clock.now())
    return jsonify(id=image.id, src=image.address, width=image.width, height=image.height), 201


@bp.post("/upload")
@takes_files
@needs(rights.USE)
def upload() -> ResponseReturnValue:
    """Keep the files of the library's form; one that is refused costs the others nothing. Programs send one at a time."""
    actor, files = current_actor(), [file for file in request.files.getlist("file") if file.filename]
    org_id, folder = home(actor, request.form.get("org", "")).id, request.form.get("folder", "")
    if wants_json():
        return _one(files[0] if files else None, org_id, folder, actor)
    outcomes = keep_all(files, org_id, actor, folder=folder) or [Outcome("", why=explained("empty"))]
    kept = [item for item in outcomes if item.asset]
    refused = [item for item in outcomes if not item.asset]
    if refused:
        fail()
    return render_template("media/desk_uploaded.html", kept=kept, refused=refused), 422 if refused else 200


def keep_all(files: list[FileStorage], org_id: int, actor: Actor, *, folder: str = "", want: str = "") -> list[Outcome]:
    """Keep files one by one, each in a unit of work of its own; one that is refused, or not of the kind that is wanted, is told."""
    outcomes = [_outcome(file, org_id, folder, want, actor) for file in files[:MOST_FILES]]
    outcomes += [Outcome(file.filename or "", why=_("一次最多传 %(n)s 个文件，请分几次传。", n=MOST_FILES)) for file in files[MOST_FILES:]]
    db.start_writing()
    return outcomes


def homes(actor: Actor) -> list[Org]:
    """Return the orgs that an upload may belong to: the one that is worked in, those around it, else the actor's first few."""
    here = orgs.by_path(scope.current(actor))
    near = orgs.around(here, actor.paths(rights.USE)) if here is not None else []
    return [org for org in near or orgs.manageable(actor, rights.USE) if org.active][:MOST_HOMES]


def _one(file: FileStorage | None, org_id: int, folder: str, actor: Actor) -> ResponseReturnValue:
    try:
        if file is None:
            raise UploadRefused(explained("empty"), code="empty")
        kept = _keep(file, org_id, folder, request.form.get("want", ""), actor)
    except UploadRefused as error:
        db.start_writing()
        return _refused(error)
    db.start_writing()
    asset = kept.asset
    page = url_for("media_desk.asset", asset_id=asset.id)
    return jsonify(id=asset.id, name=asset.name, url=page, known=kept.known), 200 if kept.known else 201


def _outcome(file: FileStorage, org_id: int, folder: str, want: str, actor: Actor) -> Outcome:
    name = file.filename or ""
    try:
        kept = _keep(file, org_id, folder, want, actor)
    except UnionHallError as error:
        return Outcome(name, why=str(error))
    return Outcome(name, kept.asset, kept.known)


def _keep(file: FileStorage, org_id: int, folder: str, want: str, actor: Actor) -> Kept:
    """Prepare a file without holding a lock, then keep it in a unit of work of its own."""
    name, now = file.filename or "", clock.now()
    prepared = uploads.read_file(file)
    if want in set(Kind) and want != services.kind_of(prepared):
        raise UploadRefused(explained(f"only-{want}"), code=f"only-{want}")
    with db.unit_of_work() as session:
        org = session.get_one(Org, org_id)
        kept = services.keep(prepared, name, org=org, actor=actor, now=now)
        if folder.strip() and not kept.known:
            folders.move([kept.asset], folder, actor=actor, now=now)
    return kept


def _refused(error: UploadRefused) -> ResponseReturnValue:
    fail()
    return jsonify(error={"code": error.code, "message": str(error)}), STATUS.get(error.code, 422)


def home(actor: Actor, asked: str) -> Org:
    """Return the org that was chosen, else the widest one the actor may use. Raises NotFound."""
    if asked:
        if not asked.isdecimal() or len(asked) > 9:
            raise NotFound(_("没有这个组织。"))
        return orgs.get(int(asked), actor=actor, permission=rights.USE)
    here = orgs.by_path(scope.current(actor))
    if here is not None and access.can(actor, rights.USE, here):
        return here
    paths = sorted(actor.paths(rights.USE), key=lambda path: (path.count("/"), path))
    found = orgs.by_path(paths[0]) if paths else None
    if found is None:
        raise NotFound(_("没有这个组织。"))
    return found
