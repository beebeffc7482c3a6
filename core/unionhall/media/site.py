"""Uploaded files for readers: names never change what they show, so browsers keep them for ever."""

from __future__ import annotations

from flask import Blueprint, abort, request, send_file
from flask.typing import ResponseReturnValue

from unionhall.platform.storage import storage

TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif"}

bp = Blueprint("media", __name__)


@bp.get("/media/<folder>/<name>")
def show(folder: str, name: str) -> ResponseReturnValue:
    """Send one picture; anything that is not a picture of ours is not found."""
    kind = TYPES.get(name.rpartition(".")[2])
    if kind is None:
        abort(404)
    response = send_file(storage().path(f"{folder}/{name}").resolve(), mimetype=kind, max_age=365 * 24 * 3600)
    response.make_conditional(request)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
