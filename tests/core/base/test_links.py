"""Addresses are put together as Werkzeug does it; the code for that is compiled with the first of them."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule as Eager

from unionhall.base import links

RULES = {
    "plain": "/about/", "number": "/news/<int:number>/", "two": "/news/<slug>/<int:page>", "whole": "/files/<path:rest>",
    "thing": "/things/<uuid:thing>/", "first": "/list/",
}  # fmt: skip
ASKED = (
    ("plain", {}), ("plain", {"page": 2, "q": "职工 之家"}), ("number", {"number": 7}), ("number", {"number": 7, "_anchor": "top"}),
    ("two", {"slug": "暖心/一", "page": 3}), ("whole", {"rest": "a/b c.pdf", "download": 1}), ("thing", {"thing": UUID(int=5)}),
    ("first", {}), ("first", {"tag": ["a", "b"]}), ("number", {"number": 7, "_external": True}),
)  # fmt: skip


def made_with(rule):
    app = Flask("addresses", static_folder=None)
    app.url_rule_class = rule
    for endpoint, path in RULES.items():
        app.add_url_rule(path, endpoint, lambda **values: "", defaults={"page": 1} if endpoint == "first" else None)
    return app


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_an_address_is_the_one_that_werkzeug_builds(endpoint, values):
    built = []
    for rule in (links.Rule, Eager):
        app = made_with(rule)
        with app.test_request_context("/"):
            built.append([app.url_for(endpoint, **values) for _again in range(2)])
    assert built[0] == built[1] and len(set(built[0])) == 1


def test_the_site_compiles_what_it_is_asked_for(app, monkeypatch):
    compiled, compile_it = [], Eager._compile_builder
    monkeypatch.setattr(Eager, "_compile_builder", lambda rule, unknown=True: compiled.append(rule.endpoint) or compile_it(rule, unknown))
    for rule in app.url_map.iter_rules():
        rule.refresh()
    assert compiled == []
    with app.test_request_context("/"):
        for _again in range(2):
            app.url_for("site.feed")
    assert compiled == ["site.feed"]
