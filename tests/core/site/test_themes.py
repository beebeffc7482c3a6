"""Themes: one template overridden, the original still reachable, pages extended block by block."""

from __future__ import annotations

from pathlib import Path

import pytest

from unionhall.app import create_app
from unionhall.host import themes
from unionhall.setup import set_up
from unionhall.testing.pytest_plugin import SETTINGS


@pytest.fixture
def themed(tmp_path, monkeypatch, ends):
    """Return a function that builds a site whose theme has the given templates and stylesheet."""

    def build(templates: dict[str, str], css: str = ""):
        folder = tmp_path / "theme"
        for name, text in templates.items():
            path = folder / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        if css:
            (folder / "static").mkdir(parents=True)
            (folder / "static" / "theme.css").write_text(css, "utf-8")
        theme = themes.Theme("green", folder, "青", "1")
        monkeypatch.setattr(themes, "installed", lambda: {"green": theme})
        (tmp_path / "instance").mkdir()
        app = ends(create_app(SETTINGS | {"instance": tmp_path / "instance", "theme": "green"}, plugins=False))
        with app.app_context():
            set_up("云麓省总工会")
        return app.test_client()

    return build


def test_a_theme_extends_a_page_block_by_block(themed):
    client = themed({"site/base.html": "{% extends '@site/base.html' %}{% block masthead %}{{ super() }}<p>青色报头</p>{% endblock %}"})
    page = client.get("/").get_data(as_text=True)
    assert "青色报头" in page
    assert 'class="brand"' in page
    assert "青色报头" in client.get("/nowhere").get_data(as_text=True)


def test_a_theme_overrides_one_template_and_leaves_the_rest(themed):
    page = "{% extends 'site/base.html' %}{% block title %}树{% endblock %}{% block main %}<h1>青色的树</h1>{% endblock %}"
    client = themed({"orgs/tree.html": page})
    assert "青色的树" in client.get("/orgs/").get_data(as_text=True)
    assert "青色的树" not in client.get("/orgs/zong/").get_data(as_text=True)


def test_a_theme_brings_its_stylesheet(themed):
    client = themed({}, "@layer theme { :root { --r-2: 2px; } }")
    page = client.get("/").get_data(as_text=True)
    start = page.index("/static/theme-green/")
    with client.get(page[start : page.index('"', start)]) as answer:
        assert b"--r-2" in answer.data


def test_stylesheets_keep_to_their_budget_and_alike():
    core = Path(themes.__file__).parents[1]
    budgets = {"base/static/tokens.css": 8, "base/static/base.css": 16, "site/static/site.css": 26, "base/static/img/icons.svg": 16}
    for name, most in budgets.items():
        assert (core / name).stat().st_size <= most * 1024, name
    tokens = (core / "base/static/tokens.css").read_text("utf-8")
    dark = tokens.split(':root[data-theme="dark"] {')[1].split("}")[0]
    auto = tokens.split(':root[data-theme="auto"] {')[1].split("}")[0]
    assert dark.split() == auto.split()
    for sheet in core.glob("*/static/*.css"):
        text = sheet.read_text("utf-8")
        assert "@layer" in text, sheet
        assert "http" not in text.replace('href^="http"', "").replace("http://www.w3.org", ""), sheet
