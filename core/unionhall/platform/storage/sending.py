"""Sending a stored file to a browser: from this machine, through us from elsewhere, or by an address that ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, current_app, redirect, request, send_file

from unionhall.base.crypto import config
from unionhall.platform.storage import Storage, storage

SIGNED_SECONDS = 3600
NOTHING = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def respond(name: str, mimetype: str, *, seconds: int, download_as: str = "") -> Response:
    """Return the answer for a file whose name never changes what it shows; browsers keep it for so long.

    With `download_as` it is an attachment of that name (RFC 6266), which no signed address would say: it goes through us.
    Ranges and ETags work in each case. Raises NotFound, Unavailable.
    """
    file = storage().local(name)
    if file is not None:
        response = send_file(file, mimetype=mimetype)
        response.headers["Content-Type"] = mimetype
    elif config().media_signed and not download_as and (address := storage().address(name, SIGNED_SECONDS)):
        response = current_app.make_response(redirect(address))
        response.headers["Cache-Control"] = f"public, max-age={SIGNED_SECONDS // 2}"
        return response
    else:
        response = _through_us(name, mimetype)
    response.headers["Cache-Control"] = f"public, max-age={seconds}, immutable"
    if download_as:
        response.headers.set("Content-Disposition", "attachment", **_named(download_as))
    return response


def respond_privately(name: str, mimetype: str, file_name: str) -> Response:
    """Return a file that somebody sent in confidence: a download that no browser keeps and that runs nothing."""
    response = respond(name, mimetype, seconds=0, download_as=file_name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = NOTHING
    return response


def _named(name: str) -> dict[str, str]:
    """Return a file name as every browser reads it: plain where it is ASCII, else in UTF-8 as well."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": name} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='!#$&+-.^_`|~')}"}


def _through_us(name: str, mimetype: str) -> Response:
    about = storage().stat(name)
    response = current_app.response_class(mimetype=mimetype, direct_passthrough=True)
    response.content_length = about.size
    response.last_modified = about.at
    response.set_etag(about.tag)
    response.make_conditional(request, accept_ranges=True, complete_length=about.size)
    if response.status_code in {200, 206}:
        span = response.content_range
        response.response = _body(storage(), name, span.start or 0, span.stop or about.size)
    return response


def _body(place: Storage, name: str, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes; nothing is asked for before the first piece is sent, so that HEAD costs nothing."""
    yield from place.read(name, start, end)
