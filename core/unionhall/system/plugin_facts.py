"""What a plugin is made of and does: for its page in the desk, from what it answers when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts.labels import role_word
from unionhall.base import db
from unionhall.host import times
from unionhall.host.registry import host
from unionhall.host.status import Status
from unionhall.platform import access, jobs
from unionhall.platform.audit import AuditEntry
from unionhall.system.job_lines import every
from unionhall.system.queries import Line, line_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)
LOG = 20
log = structlog.get_logger("unionhall.system")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a plugin adds: what it is called, its name in code, a word more, and where it is."""

    label: str
    name: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one sort, with a heading."""

    key: str
    title: str
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class HookLine:
    """What one hook took in the last day and the last week; `share` is its part of the week's time, in percent."""

    hook: str
    day: times.Spent | None
    week: times.Spent
    share: int


@dataclass(frozen=True, slots=True)
class JobFact:
    """A job and how it stands."""

    name: str
    label: str
    every: str
    state: jobs.JobState | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything for the page."""

    groups: Sequence[Group] = ()
    hooks: Sequence[str] = ()
    jobs: Sequence[JobFact] = ()
    requires: Sequence[Status] = ()
    lacking: Sequence[str] = ()
    needed_by: Sequence[Status] = ()
    problems: Sequence[str] = field(default=())


def facts(status: Status, every_status: Sequence[Status]) -> Facts:
    """Return what a plugin is made of; a hook that fails is named among the problems and leaves its part out."""
    name, plugin = status.found.name, status.found.plugin
    wanted = plugin.requires if plugin else ()
    known = {item.found.name: item for item in every_status}
    needed_by = [item for item in every_status if item.found.plugin and name in item.found.plugin.requires]
    common: dict[str, Any] = {
        "requires": [known[need] for need in wanted if need in known], "lacking": [need for need in wanted if need not in known],
        "needed_by": needed_by,
    }  # fmt: skip
    if status.found.module is None:
        return Facts(**common)
    problems: list[str] = []
    groups = [Group(key, title, tuple(things)) for key, title, things in _groups(name, problems) if things]
    return Facts(groups, hooks_of(name), list(_jobs(name, problems)), problems=problems, **common)


def hooks_of(name: str) -> list[str]:
    """Return the hooks that a loaded plugin implements, without the prefix that all have."""
    found = {
        impl.function.__name__
        for caller_name in dir(host().manager.hook) if caller_name.startswith("unionhall_")
        for owner, impl in host().implementations(caller_name, everyone=True) if owner.name == name
    }  # fmt: skip
    return sorted(hook.removeprefix("unionhall_") for hook in found)


def _asked(name: str, hook: str, problems: list[str]) -> list[Any]:
    """Ask one plugin, live or not, what it gives for a hook that takes nothing."""
    answers: list[Any] = []
    for owner, impl in host().implementations(hook, everyone=True):
        if owner.name == name:
            try:
                answers.extend(impl.function() or ())
            except (Exception, SystemExit):
                log.exception("hook failed", hook=hook, plugin=name)
                problems.append(hook)
    return answers


def _groups(name: str, problems: list[str]) -> Iterator[tuple[str, str, list[Thing]]]:
    def named(hook: str, of: Callable[[Any], Thing]) -> list[Thing]:
        return [of(item) for item in _asked(name, hook, problems)]

    roles = _asked(name, "unionhall_roles", problems)
    own = {kind.name: str(kind.label) for kind in roles}
    yield "pages", _("页面"), list(_routes(name, desk=False))
    yield "desk", _("编务台页面"), list(_routes(name, desk=True))
    yield "permissions", _("权限"), named("unionhall_permissions", lambda item: Thing(str(item.label), item.name, _roles(item.roles, own)))
    yield "roles", _("角色"), [Thing(own[kind.name], kind.name, str(kind.summary)) for kind in roles]
    yield "components", _("活动内容"), named("unionhall_block_types", lambda item: Thing(str(item.label), item.kind, str(item.summary)))
    yield "notices", _("通知"), named("unionhall_notice_kinds", lambda item: Thing(str(item.label), item.name))
    yield "exports", _("可导出的清单"), named("unionhall_export_sources", lambda item: Thing(str(item.label), item.name))
    yield "figures", _("统计数字"), named("unionhall_report_figures", lambda item: Thing(str(item.label), item.name))
    yield "api", _("接口"), [
        Thing(str(operation.summary), f"{operation.method} /api/v1/{name}{operation.path}")
        for resource in _asked(name, "unionhall_api_resources", problems)
        for operation in resource.operations
    ]
    yield "personal", _("个人信息"), named("unionhall_personal_data", lambda item: Thing(str(item.label), item.name))
    yield "search", _("搜索"), named("unionhall_search_sources", lambda item: Thing(str(item.label), item.kind))
    yield "media", _("用到素材的地方"), named("unionhall_media_users", lambda item: Thing(str(item.label), item.kind))
    yield "channels", _("通知渠道"), named("unionhall_channels", lambda item: Thing(str(item.label), item.name))


def _roles(roles: Iterable[str], own: Mapping[str, str]) -> str:
    """Return the roles in words; those of the plugin too while it is not enabled."""
    return "、".join(own.get(str(role)) or role_word(str(role)) for role in roles)


def _routes(name: str, *, desk: bool) -> Iterator[Thing]:
    """Yield the plugin's addresses; in the desk with the permission that opens each."""
    front = f"/desk/{name}/" if desk else f"/{name}/"
    known = access.rights().permissions
    seen: dict[str, str] = {}
    for rule in current_app.url_map.iter_rules():
        if rule.rule.startswith(front):
            permission = getattr(current_app.view_functions[rule.endpoint], "unionhall_permission", "")
            if "GET" in (rule.methods or ()) or rule.rule not in seen:
                seen[rule.rule] = str(known[permission].label) if permission in known else permission
    for address in sorted(seen):
        yield Thing(address, "", seen[address], "" if "<" in address else address)


def _jobs(name: str, problems: list[str]) -> Iterator[JobFact]:
    states = jobs.states()
    for job in _asked(name, "unionhall_jobs", problems):
        yield JobFact(job.name, str(job.label), every(job.every), states.get(job.name))


def hook_lines(name: str, now: datetime) -> list[HookLine]:
    """Return what the plugin's hooks took, the costliest of the week first."""
    day = {item.hook: item for item in times.spent(now - DAY, plugin=name)}
    week = times.spent(now - WEEK, plugin=name)
    total = sum(item.total_ms for item in week) or 1.0
    return [HookLine(item.hook, day.get(item.hook), item, round(100 * item.total_ms / total)) for item in week]


def switchings(name: str) -> list[Line]:
    """Return who switched this plugin lately, and what else was done to it, newest first."""
    asked = select(AuditEntry).where(AuditEntry.obj == f"plugin:{name}").order_by(AuditEntry.n.desc()).limit(LOG)
    return [line_of(row) for row in db.session().scalars(asked)]
