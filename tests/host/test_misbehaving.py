"""Plugins that break a rule are set aside with a reason, a stable code and a remedy; the site and the others go on."""

from __future__ import annotations

import sys

import pytest
from flask import Blueprint
from sqlalchemy import select

from unionhall.base import db
from unionhall.hooks.api import ApiOperation, ApiResource, ApiScope
from unionhall.hooks.components import ComponentType
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import Channel, NoticeKind
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import Job, MediaUser, Permission, Role, RoleKind, SearchSource
from unionhall.host.registry import host
from unionhall.news.models import Article
from unionhall.plugin import needs
from unionhall.testing.factories import Make, log_in

HEAD = "from unionhall.plugin import *\nimport sqlalchemy as sa\nfrom sqlalchemy.orm import mapped_column, relationship\n"
FILES = {
    "syntax": ("def (", "plugin-import"),
    "quits": ("raise SystemExit(3)", "plugin-import"),
    "base": ("class Odd(BaseException): pass\nraise Odd('out')", "plugin-import"),
    "other": ("PLUGIN = 3", "plugin-named"),
    "stray": ("class Stray(Model):\n    __tablename__ = 'news_stray'\n    id = mapped_column(sa.Integer, primary_key=True)", "plugin-table-name"),
    "index": (
        "from unionhall.news.models import Article\nsa.Index('ix_index_of_mine', Article.__table__.c.id)", "plugin-foreign-table",
    ),
    "lost": (
        "class Lost(Model):\n    __tablename__ = 'lost_one'\n    id = mapped_column(sa.Integer, primary_key=True)\n"
        "    other = relationship('Nobody')",
        "plugin-import",
    ),
    "parts": ("PLUGIN = Plugin('parts', '分', '', parts=('nowhere',))", "plugin-import"),
}  # fmt: skip


def implementing(hook, *items):
    def say():
        return list(items)

    say.__name__ = hook
    return {hook: hookimpl(say)}


def site_bp(name, *steps):
    bp = Blueprint(name, __name__)
    bp.add_url_rule("/", "page", lambda: "hello")
    for step in steps:
        step(bp)
    return implementing("unionhall_site_blueprints", bp)


def desk_bp(name, view):
    bp = Blueprint(f"{name}_desk", __name__)
    bp.add_url_rule("/", "page", view)
    return implementing("unionhall_desk_blueprints", bp)


def nothing(*_given):
    return ()


def operation(name):
    return ApiOperation("GET", f"/{name}", name, "x", nothing, scope=None)


HOOKS = {
    "typo": (implementing("unionhall_slto"), "plugin-import"),
    "news": ({}, "plugin-import"),
    "open": (desk_bp("open", lambda: "secret"), "undeclared-route"),
    "vague": (desk_bp("vague", needs("vague.never")(lambda: "x")), "plugin-permission"),
    "beyond": (site_bp("beyond", lambda bp: bp.record(lambda state: state.app.add_url_rule("/news/mine", "beyond.x", nothing))), "plugin-route"),
    "grabs": (site_bp("grabs", lambda bp: bp.record(lambda state: state.app.view_functions.update({"site.home": nothing}))), "plugin-route"),
    "before": (site_bp("before", lambda bp: bp.before_app_request(nothing)), "plugin-app-wide"),
    "afterwards": (site_bp("afterwards", lambda bp: bp.after_app_request(nothing)), "plugin-app-wide"),
    "context": (site_bp("context", lambda bp: bp.app_context_processor(dict)), "plugin-app-wide"),
    "errors": (site_bp("errors", lambda bp: bp.app_errorhandler(404)(nothing)), "plugin-app-wide"),
    "configures": (site_bp("configures", lambda bp: bp.record(lambda state: state.app.config.update(DEBUG=True))), "plugin-app-wide"),
    "filters": (site_bp("filters", lambda bp: bp.add_app_template_filter(str, "moment")), "plugin-names"),
    "globals": (site_bp("globals", lambda bp: bp.add_app_template_global(str, "slot")), "plugin-names"),
    "replaces": (site_bp("replaces", lambda bp: bp.add_app_template_filter(str, "escape")), "plugin-app-wide"),
    "named": (site_bp("elsewhere"), "plugin-blueprint-name"),
    "fails": ({"unionhall_site_blueprints": hookimpl(lambda: 1 / 0)}, "plugin-import"),
    "rights": (implementing("unionhall_permissions", Permission("news.mine", "x", (Role.EDITOR,))), "plugin-names"),
    "roles": (implementing("unionhall_roles", RoleKind("editor", "x")), "plugin-names"),
    "jobs": (implementing("unionhall_jobs", Job("news.due", "x", None, nothing)), "plugin-names"),
    "kinds": (implementing("unionhall_notice_kinds", NoticeKind("signups.accepted", "x", {}, {})), "plugin-names"),
    "blocks": (implementing("unionhall_block_types", ComponentType("signups.sheet", "x", "", nothing)), "plugin-names"),
    "lists": (implementing("unionhall_export_sources", ExportSource("members.roster", "x", "desk.enter", nothing, nothing)), "plugin-names"),
    "figures": (implementing("unionhall_report_figures", ReportFigure("members.total", "x", "x", "items", nothing)), "plugin-names"),
    "finds": (implementing("unionhall_search_sources", SearchSource("news", "x", nothing, nothing, nothing, nothing)), "plugin-names"),
    "shows": (implementing("unionhall_media_users", MediaUser("news.article", "x", nothing, "x")), "plugin-names"),
    "speaks": (implementing("unionhall_channels", Channel("pigeon", "x", nothing)), "plugin-names"),
    "serves": (implementing("unionhall_api_resources", ApiResource("x", "x", [operation("mine")])), "plugin-names"),
    "scopes": (implementing("unionhall_api_resources", ApiResource("x", "x", [], [ApiScope("me.read", "x")])), "plugin-names"),
    "twice": (implementing("unionhall_api_resources", ApiResource("x", "x", [operation("twice_a"), operation("twice_a")])), "api-twice"),
}  # fmt: skip


@pytest.fixture
def misbehaving(install, tmp_path, monkeypatch):
    """Every plugin of the tables above, one with a foreign template, and one that is well."""
    for name, (text, _code) in FILES.items():
        (tmp_path / f"unionhall_{name}_bad.py").write_text(HEAD + f"PLUGIN = Plugin('{name}', 'x', 'x')\n" + text)
        install.point(name, f"unionhall_{name}_bad")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, (members, _code) in HOOKS.items():
        for hook, function in members.items():
            function.__name__ = hook
        install(name, **members)
    folder = tmp_path / "dresses"
    (folder / "templates" / "site").mkdir(parents=True)
    (folder / "templates" / "site" / "home.html").write_text("mine")
    install("dresses", __file__=str(folder / "plugin.py"))
    install("well", **site_bp("well"), **implementing("unionhall_home_blocks"))
    install("picky", dist_requires=["unionhall>=99"])
    yield {name: code for name, (_what, code) in {**FILES, **HOOKS}.items()} | {"dresses": "plugin-templates"}
    for name in [name for name in sys.modules if name.endswith("_bad")]:
        del sys.modules[name]


@pytest.mark.both
def test_every_misbehaviour_is_refused_with_its_reason_and_the_site_goes_on(misbehaving, build):
    app = build("well")
    with app.app_context():
        found = {status.found.name: status for status in host().statuses()}
        said = {name: (status.state, status.found.code) for name, status in found.items() if name in misbehaving}
        assert said == {name: ("broken", code) for name, code in misbehaving.items()}
        assert all(found[name].reason and found[name].remedy and "pip install" in found[name].command for name in misbehaving)
        assert (found["well"].state, found["picky"].state, found["picky"].found.reason) == ("enabled", "incompatible", "unionhall>=99")
        assert not {"news_stray", "lost_one"} & set(db.Model.metadata.tables)
        assert "ix_index_of_mine" not in {index.name for index in Article.__table__.indexes}
        assert db.session().scalar(select(Article.id).execution_options(unionhall_scope="test").limit(1)) is None
        db.session().remove()
        with db.unit_of_work():
            admin = Make().account(Role.SYSTEM_ADMIN).id
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/", "/well/", "/open/", "/desk/open/", "/beyond/")] == [200, 200, 404, 404, 404]
    log_in(client, admin)
    page = client.get("/desk/")
    assert (page.status_code, "插件 typo 没有启动成功" in page.text) == (200, True)
    assert client.get("/desk/system/plugins/").status_code == 200
