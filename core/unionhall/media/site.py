"""Uploaded files for readers. A picture's name never changes what it shows, so browsers keep it for ever; documents are downloads."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect
from flask.typing import ResponseReturnValue

from unionhall.base.errors import NotFound
from unionhall.media import addresses, choices, queries
from unionhall.media.models import Kind
from unionhall.platform.storage.sending import respond

TYPES = {
    "avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif",
}  # fmt: skip
SHORT = "public, max-age=60"

bp = Blueprint("media", __name__)
bp.add_app_template_global(choices.described, "media_described")


@bp.get("/media/<folder>/<name>")
def show(folder: str, name: str) -> ResponseReturnValue:
    """Send one picture; a name that a replaced picture had leads to the one there is now; all else is not found."""
    kind = TYPES.get(name.rpartition(".")[2])
    if kind is None:
        abort(404)
    try:
        return _harmless(respond(f"{folder}/{name}", kind, seconds=365 * 24 * 3600))
    except NotFound:
        return _successor(name)


@bp.get("/media/file/<stem>/<name>")
def download(stem: str, name: str) -> ResponseReturnValue:
    """Send a document as a download under its own name; the name in the address is for people only."""
    asset = queries.by_stems([stem]).get(stem)
    if asset is None or asset.kind != Kind.DOCUMENT:
        abort(404)
    response = respond(asset.file, asset.mime, seconds=0, download_as=asset.file_name)
    response.headers["Cache-Control"] = "public, no-cache"
    return _harmless(response)


def _successor(name: str) -> ResponseReturnValue:
    """Lead from a name that was given up to the present picture, to the same variant where there is one."""
    stem = addresses.stem_of(name)
    asset = queries.by_stems([stem]).get(stem)
    if asset is None or asset.kind != Kind.IMAGE:
        abort(404)
    variant = addresses.variant_of(name)
    stored = addresses.variant_name(stem, asset.version, variant) if variant in asset.renditions else asset.file
    if stored.endswith(f"/{name}"):
        abort(404)
    response = redirect(addresses.public(stored), 302)
    response.headers["Cache-Control"] = SHORT
    return response


def _harmless(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
