"""Routes for editors: uploading a picture from the editor."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import NotFound
from unionhall.base.web import fail
from unionhall.hooks.types import Actor
from unionhall.media import services, uploads
from unionhall.media.refusals import UploadRefused
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform.access import current_actor, needs

bp = Blueprint("media_desk", __name__, url_prefix="/media")
STATUS = {"too-large": 413}


@bp.post("/images")
@needs(services.USE)
def upload() -> ResponseReturnValue:
    """Store one picture; answers with its address and size, or with a code and a sentence."""
    actor, file = current_actor(), request.files.get("file")
    try:
        picture = uploads.read_picture(file) if file else services.prepare(b"")
    except UploadRefused as error:
        fail()
        return jsonify(error={"code": error.code, "message": str(error)}), STATUS.get(error.code, 422)
    org = _org(actor)
    image = services.keep_picture(picture, file.filename or "" if file else "", org=org, actor=actor, now=clock.now())
    return jsonify(id=image.id, src=image.address, width=image.width, height=image.height), 201


def _org(actor: Actor) -> Org:
    """Return the org that was chosen, else the widest one the actor may use. Raises NotFound."""
    asked = request.form.get("org", "")
    if asked:
        if not asked.isdecimal() or len(asked) > 9:
            raise NotFound(_("没有这个组织。"))
        return orgs.get(int(asked), actor=actor, permission=services.USE)
    paths = sorted(actor.paths(services.USE), key=lambda path: (path.count("/"), path))
    found = orgs.by_path(paths[0]) if paths else None
    if found is None:
        raise NotFound(_("没有这个组织。"))
    return found
