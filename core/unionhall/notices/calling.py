"""Calling a provider: JSON over HTTP, one request, no redirects, a time limit, a small answer."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS, MOST_BYTES = 10, 65536


class ProviderProblem(RuntimeError):
    """The provider did not answer as agreed; its status and what it said, without what we sent."""


def post_json(url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """POST a JSON body and return the JSON object of a 2xx answer.

    Raises OSError when the provider cannot be reached within ten seconds, ProviderProblem for any other answer; a redirect is
    one of those: what is sent goes to the address in the settings or nowhere.
    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
    )
    with closing(connection):
        connection.request("POST", path, body, {"Content-Type": "application/json", "Accept": "application/json", **headers})
        with closing(connection.getresponse()) as response:
            try:
                text = response.read(MOST_BYTES + 1)
            except http.client.HTTPException as error:
                raise ProviderProblem(f"answer cut short: {type(error).__name__}") from None
            status = response.status
    if not 200 <= status < 300:
        raise ProviderProblem(f"HTTP {status}")
    try:
        found = json.loads(text) if len(text) <= MOST_BYTES else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderProblem("no JSON object in the answer")
    return found


def pairs(text: str) -> dict[str, str]:
    """Return {name: value} of a setting written as `name=value, name=value`."""
    found = (part.partition("=") for part in text.split(","))
    return {name.strip(): value.strip() for name, equals, value in found if equals}
