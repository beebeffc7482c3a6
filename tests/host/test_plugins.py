"""How the host finds, orders, isolates and switches plugins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Blueprint
from markupsafe import Markup

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.cli import all_jobs
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Job
from unionhall.host.models import PluginSwitch
from unionhall.host.registry import host
from unionhall.platform.pagecache import memory
from unionhall.plugin import needs


def slot_saying(text):
    @hookimpl
    def unionhall_slot(slot):
        return [Markup(text)] if slot == "probe" else []

    return unionhall_slot


def said(app):
    with app.test_request_context():
        memory.forget()
        return [str(part) for part in host().collect("unionhall_slot", slot="probe", page=None, actor=None)]


def states(app):
    with app.app_context():
        memory.forget()
        return {status.found.name: status.state for status in host().statuses()}


def test_an_installed_plugin_is_silent_until_it_is_enabled(install, build):
    install("alpha", unionhall_slot=slot_saying("a"))
    app = build()
    assert (states(app), said(app)) == ({"alpha": "installed"}, [])
    with app.app_context(), db.unit_of_work():
        host().switch("alpha", on=True)
    assert (states(app), said(app)) == ({"alpha": "enabled"}, ["a"])


def test_disabling_takes_effect_in_another_process_without_a_restart(install, build, another):
    install("alpha", unionhall_slot=slot_saying("a"))
    first = build("alpha")
    second = another()
    assert said(second) == ["a"]
    with first.app_context(), db.unit_of_work():
        host().switch("alpha", on=False)
    assert said(second) == []


def test_a_wrong_requirement_is_incompatible_and_never_imported(install, build):
    install.point("future", "a_module_that_does_not_exist")
    install("picky", dist_requires=["unionhall>=99"])
    assert states(build()) == {"future": "broken", "picky": "incompatible"}


def test_an_import_that_exits_is_broken_and_the_rest_goes_on(install, build, tmp_path, monkeypatch):
    (tmp_path / "unionhall_quits.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(str(tmp_path))
    install.point("quits", "unionhall_quits")
    install("alpha", unionhall_slot=slot_saying("a"))
    app = build("alpha")
    assert (states(app), said(app)) == ({"alpha": "enabled", "quits": "broken"}, ["a"])


def test_a_misspelt_hook_is_broken_with_its_reason(install, build):
    @hookimpl
    def unionhall_slto():
        return []

    install("typo", unionhall_slto=unionhall_slto)
    app = build()
    with app.app_context():
        (status,) = host().statuses()
    assert status.state == "broken"
    assert "unionhall_slto" in status.found.reason


def test_hooks_are_called_in_the_sites_order(install, build):
    install("alpha", unionhall_slot=slot_saying("a"))
    install("beta", unionhall_slot=slot_saying("b"))
    app = build("alpha", "beta")
    assert said(app) == ["a", "b"]
    with app.app_context(), db.unit_of_work() as session:
        session.get(PluginSwitch, "beta").position = 1
    assert said(app) == ["b", "a"]


def test_a_display_hook_that_fails_is_left_out(install, build):
    @hookimpl
    def unionhall_slot(slot):
        raise RuntimeError("no")

    install("alpha", unionhall_slot=unionhall_slot)
    install("beta", unionhall_slot=slot_saying("b"))
    assert said(build("alpha", "beta")) == ["b"]


def test_a_desk_view_without_a_permission_sets_the_plugin_aside(install, build):
    bp = Blueprint("open_desk", __name__)
    bp.add_url_rule("/", "page", lambda: "secret")

    install("open", unionhall_desk_blueprints=hookimpl(named(lambda: [bp], "unionhall_desk_blueprints")))
    app = build()
    assert states(app) == {"open": "broken"}
    assert app.test_client().get("/desk/open/").status_code == 404


def test_pages_of_a_disabled_plugin_are_404(install, build):
    bp = Blueprint("alpha", __name__)
    bp.add_url_rule("/", "page", lambda: "hello")
    install("alpha", unionhall_site_blueprints=hookimpl(named(lambda: [bp], "unionhall_site_blueprints")))
    app = build()
    assert app.test_client().get("/alpha/").status_code == 404
    with app.app_context(), db.unit_of_work():
        host().switch("alpha", on=True)
    assert app.test_client().get("/alpha/").text == "hello"


def test_a_desk_page_is_closed_to_strangers(install, build):
    bp = Blueprint("alpha_desk", __name__)
    bp.add_url_rule("/", "page", needs("desk.enter")(lambda: "secret"))
    install("alpha", unionhall_desk_blueprints=hookimpl(named(lambda: [bp], "unionhall_desk_blueprints")))
    answer = build("alpha").test_client().get("/desk/alpha/")
    assert (answer.status_code, answer.location.startswith("/login")) == (302, True)


def test_a_plugin_cannot_take_a_features_name(install, build):
    install("news")
    assert states(build()) == {"news": "broken"}


def test_requirements_between_plugins_hold_both_ways(install, build):
    install("ground")
    install("top", needs=("ground",))
    app = build()
    with app.app_context():
        with pytest.raises(PluginProblem) as missing, db.unit_of_work():
            host().switch("top", on=True)
        assert (missing.value.code, "ground" in str(missing.value)) == ("plugin-needs", True)
        for name in ("ground", "top"):
            with db.unit_of_work():
                host().switch(name, on=True)
        with pytest.raises(PluginProblem) as needed, db.unit_of_work():
            host().switch("ground", on=False)
        assert (needed.value.code, "top" in str(needed.value)) == ("plugin-needed", True)


def test_safe_mode_loads_no_plugin(install, build):
    install("alpha", unionhall_slot=slot_saying("a"))
    assert states(build(plugins=False)) == {}


def named(function, name):
    function.__name__ = name
    return function


def test_a_plugins_jobs_run_only_while_it_is_enabled(install, build):
    @hookimpl
    def unionhall_jobs():
        return [Job("alpha.tick", "滴答", timedelta(seconds=1), lambda now: None)]

    install("alpha", unionhall_jobs=unionhall_jobs)
    app = build()

    def wanted():
        memory.forget()
        return "alpha.tick" in [job.name for job in all_jobs()]

    with app.app_context():
        seen = [wanted()]
        for on in (True, False):
            with db.unit_of_work():
                host().switch("alpha", on=on)
            seen.append(wanted())
    assert seen == [False, True, False]
