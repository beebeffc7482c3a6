"""Uploaded files for readers: names never change what they show, so browsers keep them for ever."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from unionhall.platform.storage.sending import respond

TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif"}

bp = Blueprint("media", __name__)


@bp.get("/media/<folder>/<name>")
def show(folder: str, name: str) -> ResponseReturnValue:
    """Send one picture; anything that is not a picture of ours is not found."""
    kind = TYPES.get(name.rpartition(".")[2])
    if kind is None:
        abort(404)
    response = respond(f"{folder}/{name}", kind, seconds=365 * 24 * 3600)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
