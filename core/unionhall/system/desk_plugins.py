"""The desk's pages of plugins: all of them, one of them, and the pages that ask before something is switched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall import __version__
from unionhall.accounts.queries import names
from unionhall.base import clock
from unionhall.base.errors import NotFound, PluginProblem
from unionhall.base.web import fail, go
from unionhall.host import lifecycle, migrations
from unionhall.host.registry import host
from unionhall.host.status import Status
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.system import plugin_data, plugin_facts, plugin_settings
from unionhall.system.desk import PLUGINS, bp
from unionhall.system.labels import act_words, extra_words

CHIPS = {
    "enabled": ("chip--ok", _l("启用")), "installed": ("", _l("未启用过")), "disabled": ("", _l("停用")),
    "pending": ("chip--warn", _l("有待执行的迁移")), "incompatible": ("chip--bad", _l("版本不合")),
    "broken": ("chip--bad", _l("启动失败")), "quarantined": ("chip--bad", _l("已隔离")), "missing": ("chip--bad", _l("程序包不见了")),
}  # fmt: skip
TABS = (
    ("enabled", _l("启用"), ("enabled",)), ("off", _l("停用"), ("installed", "disabled")),
    ("failed", _l("失败"), ("broken", "incompatible", "quarantined", "missing")), ("pending", _l("待升级"), ("pending",)),
)  # fmt: skip
ON = frozenset({"enabled", "pending", "quarantined"})


@bp.get("/plugins/")
@needs(PLUGINS)
def plugins() -> ResponseReturnValue:
    """Show every plugin that is installed or has left something, with its state, why, and what to do."""
    require(current_actor(), PLUGINS, SITE)
    statuses, chosen = host().statuses(), request.args.get("state", "")
    counts = Counter[str](status.state for status in statuses)
    tabs = [(key, label, sum(counts[state] for state in states)) for key, label, states in TABS]
    wanted = {state for key, _label, states in TABS if key == chosen for state in states}
    shown = [status for status in statuses if status.state in wanted or not chosen]
    ordered = [status.found.name for status in statuses if status.state != "missing"]
    return render_template(
        "system/plugins.html", total=len(statuses), tabs=tabs, chosen=chosen, chips=CHIPS, version=__version__, safe=host().safe,
        failed=[status for status in shown if status.failed], rest=[status for status in shown if not status.failed],
        waiting=any(not item.up_to_date for item in migrations.status("core")), first=ordered[:1], last=ordered[-1:], **_may(),
    )  # fmt: skip


@bp.get("/plugins/<name>/")
@needs(PLUGINS)
def plugin(name: str) -> ResponseReturnValue:
    """Show one plugin: how it stands, what it adds, what its hooks take, who switched it."""
    require(current_actor(), PLUGINS, SITE)
    return _page(status_or_404(name))


@bp.get("/plugins/<name>/switch/<step>")
@needs(lifecycle.SWITCH)
def ask_switch(name: str, step: str) -> ResponseReturnValue:
    """Say what enabling or disabling will do, before one confirms."""
    require(current_actor(), lifecycle.SWITCH, SITE)
    status = status_or_404(name)
    if step not in {"enable", "disable"}:
        raise NotFound()
    return _asking(status, step)


@bp.post("/plugins/<name>/switch/<step>")
@needs(lifecycle.SWITCH)
def switch(name: str, step: str) -> ResponseReturnValue:
    """Enable, disable or release a plugin, or move it up or down in the site's order."""
    actor, now = current_actor(), clock.now()
    require(actor, lifecycle.SWITCH, SITE)
    status = status_or_404(name)
    if step in {"up", "down"}:
        return _move(name, -1 if step == "up" else 1)
    acts: dict[str, tuple[Callable[..., None], str]] = {
        "enable": (lifecycle.enable, _("“%(name)s”已启用。", name=status.label)),
        "disable": (lifecycle.disable, _("“%(name)s”已停用，数据都在。", name=status.label)),
        "release": (lifecycle.release, _("“%(name)s”已放回，它的显示功能重新开始工作。", name=status.label)),
    }
    if step not in acts:
        raise NotFound()
    act, done = acts[step]
    try:
        act(name, actor=actor, now=now)
    except PluginProblem as error:
        fail()
        return _page(status, str(error)) if step == "release" else _asking(status, step, str(error)), error.status
    flash(done, "ok")
    return go(url_for("system_desk.plugin", name=name))


def _move(name: str, step: int) -> ResponseReturnValue:
    order = [status.found.name for status in host().statuses() if status.state != "missing"]
    place = order.index(name) if name in order else -1
    if place >= 0 and 0 <= place + step < len(order):
        order[place], order[place + step] = order[place + step], order[place]
        lifecycle.place(order, actor=current_actor(), now=clock.now())
    return go(url_for("system_desk.plugins", _anchor=f"p-{name}"))


def status_or_404(name: str) -> Status:
    """Return how a plugin stands. Raises NotFound for one that is neither installed nor left anything."""
    found = next((status for status in host().statuses() if status.found.name == name), None)
    if found is None:
        raise NotFound()
    return found


def _may() -> dict[str, Any]:
    actor = current_actor()
    return {"may_switch": can(actor, lifecycle.SWITCH, SITE), "on": ON, "settings_of": _has_settings, "switched_on": host().is_switched_on}


def _has_settings(name: str) -> bool:
    return plugin_settings.form_of(name) is not None


def _page(status: Status, problem: str = "") -> str:
    name, now = status.found.name, clock.now()
    lines = plugin_facts.switchings(name)
    people = names({line.actor_id for line in lines if line.actor_id} | ({status.switched_by} if status.switched_by else set()))
    return render_template(
        "system/plugin.html", status=status, chips=CHIPS, facts=plugin_facts.facts(status, host().statuses()), problem=problem,
        revisions=_revisions(status), tables=plugin_data.counted(name), times=plugin_facts.hook_lines(name, now), lines=lines,
        people=people, words=act_words, extras=extra_words, **_may(),
    )  # fmt: skip


def _revisions(status: Status) -> dict[str, Any]:
    every = host().chain(status.found.name)
    waiting = status.pending
    applied = every[: len(every) - len(waiting)]
    return {"current": applied[-1] if applied else None, "waiting": waiting, "every": len(every)}


def _asking(status: Status, step: str, problem: str = "") -> str:
    every: list[Status] = host().statuses()
    return render_template(
        "system/plugin_switch.html", status=status, step=step, problem=problem, facts=plugin_facts.facts(status, every),
        tables=plugin_data.counted(status.found.name), waiting=migrations.waiting(status.found.name) if step == "enable" else (),
    )  # fmt: skip
