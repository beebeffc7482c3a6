"""What plugins do wrong while the site runs: it costs no reader anything, and who keeps failing is silenced everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Blueprint
from markupsafe import Markup

from unionhall.base import clock, db
from unionhall.base.errors import PluginProblem
from unionhall.hooks.components import ComponentType
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import SYSTEM, HomeBlock, Role, SearchSource
from unionhall.host import conduct, lifecycle, slots, times
from unionhall.host.registry import host, isolated
from unionhall.platform.pagecache import memory
from unionhall.platform.search import reading
from unionhall.plugin import shared
from unionhall.testing.factories import Make, log_in


class Odd(BaseException):
    """Neither an Exception nor an interruption from outside."""


def implementing(hook, answer):
    def say():
        return answer()

    say.__name__ = hook
    return {hook: hookimpl(say)}


def failing(error=RuntimeError):
    def answer():
        raise error("no")

    return answer


def state(app, name="alpha"):
    with app.app_context():
        host().conduct.settle()
        memory.forget()
        found = next(item for item in host().statuses() if item.found.name == name)
        db.session().remove()
    return found


def asked(app, times=1, hook="unionhall_home_blocks"):
    with app.app_context():
        for _ in range(times):
            host().collect(hook, now=clock.now())
        host().conduct.settle()
        db.session().remove()


@pytest.mark.both
def test_five_failures_silence_what_a_plugin_shows_in_every_process_until_it_is_released(install, build, another):
    bp = Blueprint("alpha", __name__)
    bp.add_url_rule("/", "page", lambda: "hello")
    install("alpha", **implementing("unionhall_home_blocks", failing()), **implementing("unionhall_site_blueprints", lambda: [bp]))
    install("beta", **implementing("unionhall_home_blocks", lambda: [HomeBlock(Markup("<p>beta says</p>"))]))
    app = build("alpha", "beta")
    with app.app_context(), db.unit_of_work():
        editor = Make().account(Role.EDITOR).id
    assert "beta says" in app.test_client().get("/").text
    asked(app, 3)
    assert state(app).state == "enabled"
    asked(app, 1)
    found = state(app)
    assert (found.state, "unionhall_home_blocks" in found.reason, found.command) == ("quarantined", True, "unionhall plugins release alpha")
    other = another()
    assert state(other).state == "quarantined"
    with other.app_context():
        assert host().is_quarantined("alpha") and host().is_enabled("alpha")
        assert len(host().collect("unionhall_home_blocks", now=clock.now())) > 0
        host().conduct.times.flush()
        assert {item.plugin for item in times.spent(clock.now() - timedelta(days=1))} == {"beta"}
        db.session().remove()
    client = other.test_client()
    assert (client.get("/alpha/").text, client.get("/").status_code) == ("hello", 200)
    with app.test_request_context():
        assert slots.quarantined("unionhall_home_blocks") == []
    log_in(client, editor)
    assert client.get("/desk/").status_code == 200
    with app.app_context(), db.unit_of_work():
        lifecycle.release("alpha", actor=SYSTEM, now=clock.now())
    with pytest.raises(PluginProblem), app.app_context(), db.unit_of_work():
        lifecycle.release("alpha", actor=SYSTEM, now=clock.now())
    assert (state(app).state, state(other).state) == ("enabled", "enabled")


def test_slow_hooks_are_silenced_too_and_a_newer_version_comes_back(install, build, another, monkeypatch):
    monkeypatch.setattr(conduct, "SLOW_SECONDS", -1.0)
    made = install("alpha", **implementing("unionhall_home_blocks", list))
    app = build("alpha")
    asked(app, 19)
    assert state(app).state == "enabled"
    asked(app)
    assert state(app).state == "quarantined"
    monkeypatch.setattr(conduct, "SLOW_SECONDS", 0.5)
    install("alpha", version="1.1", unionhall_home_blocks=made.unionhall_home_blocks)
    newer = another()
    assert state(newer).state == "enabled"


def test_failures_that_are_far_apart_are_forgiven(install, build, monkeypatch):
    now = [0.0]
    install("alpha", **implementing("unionhall_home_blocks", failing()))
    app = build("alpha")
    monkeypatch.setattr(conduct.time, "monotonic", lambda: now[0])
    for _ in range(8):
        asked(app)
        now[0] += 200
    assert state(app).state == "enabled"


@pytest.mark.both
def test_a_display_hook_that_fails_takes_nothing_of_a_write_with_it(install, build):
    @hookimpl
    def unionhall_home_blocks():
        db.session().connection().exec_driver_sql("SELECT * FROM nowhere")

    install("alpha", unionhall_home_blocks=unionhall_home_blocks)
    app = build("alpha")
    with app.app_context():
        with db.unit_of_work():
            written = Make().account(Role.EDITOR).id
            for _ in range(6):
                host().collect("unionhall_home_blocks", now=clock.now())
            assert host().is_quarantined("alpha")
        from unionhall.accounts.services import by_id

        assert by_id(written) is not None
        db.session().remove()
    assert state(app).state == "quarantined"


@pytest.mark.parametrize("answer", [
    failing(SystemExit), failing(Odd), lambda: [HomeBlock(Markup("x"), place="nowhere")], lambda: ["no block"], lambda: 3,
])  # fmt: skip
def test_no_answer_of_a_plugin_takes_the_home_page_down(install, build, answer):
    install("alpha", **implementing("unionhall_home_blocks", answer))
    assert build("alpha").test_client().get("/").status_code == 200


def test_functions_that_plugins_hand_over_are_isolated(install, build):
    source = SearchSource("alpha.thing", "x", failing(), failing(), failing(), failing(), failing(), failing())
    install(
        "alpha",
        **implementing("unionhall_search_sources", lambda: [source]),
        **implementing("unionhall_block_types", lambda: [ComponentType("alpha.card", "x", "", failing())]),
        unionhall_may=hookimpl(_named("unionhall_may", failing())),
    )  # fmt: skip
    app = build("alpha")
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/search", "/search?q=工会", "/search/suggest?q=工")] == [200, 200, 200]
    with app.app_context():
        assert reading.suggestions("工") == []
        assert isolated("alpha.card", "component", failing()) == (None, True)
        host().conduct.settle()
        db.session().remove()
    assert state(app).state == "quarantined"


def _named(name, function):
    function.__name__ = name
    return function


def test_a_page_may_tighten_the_content_policy_and_not_relax_it(install, build):
    bp = Blueprint("alpha", __name__)
    policies = {"tight": "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'", "loose": "script-src 'unsafe-inline'"}
    bp.add_url_rule("/<word>", "page", lambda word: ("hello", {"Content-Security-Policy": policies[word]}))
    install("alpha", **implementing("unionhall_site_blueprints", lambda: [bp]))
    app = build("alpha")
    client = app.test_client()
    assert client.get("/alpha/tight").headers["Content-Security-Policy"] == policies["tight"]
    assert state(app).state == "enabled"
    assert client.get("/alpha/loose").headers["Content-Security-Policy"] == client.get("/").headers["Content-Security-Policy"]
    assert (state(app).state, "/alpha/loose" in state(app).reason) == ("quarantined", True)


def test_pages_in_the_cache_go_when_a_plugin_is_switched(install, settings, build, another):
    bp = Blueprint("alpha", __name__)

    @bp.get("/")
    @shared()
    def page():
        return "hello"

    inner = Blueprint("inner", __name__)
    inner.add_url_rule("/in", "page", lambda: "inside")
    bp.register_blueprint(inner)
    install("alpha", **implementing("unionhall_site_blueprints", lambda: [bp]))
    settings["page_cache_mb"] = 8
    app, other = build("alpha"), another()
    readers = [made.test_client() for made in (app, other)]
    assert [reader.get("/alpha/").text for reader in readers * 2] == ["hello"] * 4
    assert readers[0].get("/alpha/in").text == "inside"
    with app.app_context(), db.unit_of_work():
        lifecycle.disable("alpha", actor=SYSTEM, now=clock.now())
    for made in (app, other):
        with made.app_context():
            memory.forget()
    assert [reader.get(path).status_code for reader in readers for path in ("/alpha/", "/alpha/in")] == [404] * 4


@pytest.mark.both
def test_what_hooks_take_is_added_up_by_the_hour(install, build, at):
    install("alpha", **implementing("unionhall_home_blocks", list))
    install("beta", **implementing("unionhall_home_blocks", failing()))
    app = build("alpha", "beta")
    asked(app, 3)
    with app.app_context():
        assert host().conduct.times.flush() == 2
        at("2026-05-15 10:00")
        host().collect("unionhall_home_blocks", now=clock.now())
        host().conduct.times.flush()
        week, day = (times.spent(clock.now() - timedelta(days=days)) for days in (7, 1))
        calls = [{(item.plugin, item.calls, item.failures) for item in found} for found in (week, day)]
        assert calls == [{("alpha", 4, 0), ("beta", 4, 4)}, {("alpha", 1, 0), ("beta", 1, 1)}]
        (own,) = times.spent(clock.now() - timedelta(days=7), plugin="alpha")
        assert 0 < own.slowest_ms <= own.total_ms and own.mean_ms < own.slowest_ms + 1
        at("2026-07-01 10:00")
        with db.unit_of_work():
            times.forget_old(clock.now())
        assert times.spent(clock.now() - timedelta(days=60)) == []
        db.session().remove()
