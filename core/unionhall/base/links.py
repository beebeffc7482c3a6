"""`url_for` of templates: an address that was worked out before is not worked out again; how one is put together is worked out when
it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
from flask import Flask, has_request_context, request
from werkzeug.routing import Rule as WerkzeugRule

MOST = 20_000


class Rule(WerkzeugRule):
    """A rule whose addresses are put together by code that is compiled with the first of them.

    Werkzeug compiles two functions for each rule when it is mounted: two thirds of the application's start, for more than a
    thousand rules of which a process builds few.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(super(Rule, rule)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


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
