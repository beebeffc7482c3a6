"""`url_for` of templates: an address that was worked out before is not worked out again."""

from __future__ import annotations

from typing import Any

import flask
from flask import Flask, has_request_context, request

MOST = 20_000


def init(app: Flask) -> None:
    """Give templates a `url_for` that remembers; what depends on the request (relative, absolute) goes to Flask's own."""
    kept: dict[Any, str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        plain = not endpoint.startswith(".") and not any(name[0] == "_" for name in values)
        if not plain or app.url_default_functions or not has_request_context():
            return flask.url_for(endpoint, **values)
        key = (request.root_path, endpoint, *values.items())
        try:
            found = kept.get(key)
        except TypeError:  # a list among the values
            return flask.url_for(endpoint, **values)
        if found is None:
            if len(kept) >= MOST:
                kept.clear()
            found = kept[key] = flask.url_for(endpoint, **values)
        return found

    app.jinja_env.globals["url_for"] = url_for
