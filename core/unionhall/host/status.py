"""How each plugin stands, why, and what to do: for the desk, the command line and the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

import unionhall
from unionhall.base import db
from unionhall.host import truth
from unionhall.host.discovery import Found, State
from unionhall.host.models import PluginSwitch
from unionhall.host.revisions import Revision, after

if TYPE_CHECKING:
    from unionhall.host.registry import PluginHost

FAILED: frozenset[State] = frozenset({"broken", "incompatible", "quarantined", "pending", "missing"})


@dataclass(frozen=True)
class Status:
    """A plugin as the plugins page shows it.

    `reason` says why it does not work, `remedy` what to do, `command` what to run on the server for it ("" where there is
    nothing to run). `pending` are the migrations that wait. `trouble` is why it could not be switched on the last time.
    """

    found: Found
    state: State
    reason: str = ""
    remedy: str = ""
    command: str = ""
    pending: tuple[Revision, ...] = ()
    trouble: str = ""
    switched_at: datetime | None = None
    switched_by: int | None = None
    quarantined_at: datetime | None = None

    @property
    def label(self) -> str:
        """Return what people call it."""
        return str(self.found.plugin.label) if self.found.plugin else self.found.name

    @property
    def failed(self) -> bool:
        """True when somebody has to do something."""
        return self.state in FAILED


def statuses(host: PluginHost) -> list[Status]:
    """Return every plugin that is installed or has left something behind, in the site's order."""
    if host.safe:
        return []
    rows = {row.name: row for row in db.session().scalars(select(PluginSwitch))}
    applied = truth.revisions([found.name for found in host.plugins if host.chain(found.name)])
    found = [_status(host, item, rows.get(item.name), applied) for item in sorted(host.plugins, key=host.place)]
    known = {item.name for item in host.plugins}
    left = truth.left_behind() | {name for name, row in rows.items() if row.ever or row.enabled}
    return [*found, *(_missing(name, rows.get(name)) for name in sorted(left - known))]


def _status(host: PluginHost, found: Found, row: PluginSwitch | None, applied: Mapping[str, str]) -> Status:
    waiting = after(host.chain(found.name), applied.get(found.name))
    state, reason, remedy, command = _judged(host, found, row, waiting)
    if row is None:
        return Status(found, state, reason, remedy, command, waiting or ())
    reason = reason or (_("上一次启用没有成功：%(why)s", why=row.trouble) if row.trouble and not row.enabled else "")
    return Status(
        found, state, reason, remedy, command, waiting or (), row.trouble, row.switched_at, row.switched_by, row.quarantined_at
    )


def _judged(
    host: PluginHost, found: Found, row: PluginSwitch | None, waiting: tuple[Revision, ...] | None
) -> tuple[State, str, str, str]:
    """Return state, reason, remedy and command."""
    name, update = found.name, f"pip install --upgrade {found.distribution or found.name}"
    if found.problem == "incompatible":
        why = _("它要求 %(what)s，这个网站的核心是 %(version)s。", what=found.reason, version=unionhall.__version__)
        return "incompatible", why, _("换一个合适的版本，再重启网站。"), update
    if found.problem:
        why = found.reason.strip().rpartition("\n")[2]
        told = _("它已经被放在一边，网站和其他插件照常运行。装上修好的版本，再重启网站；不想等就先停用它。")
        return "broken", why, told, f"unionhall plugins disable {name}" if row and row.enabled else update
    if row is None or not row.enabled:
        return ("disabled" if row and row.ever else "installed"), "", _("要用它，就启用。"), f"unionhall plugins enable {name}"
    if waiting is None:
        why = _("它的数据表是更新的版本建的，现在装的程序不认识。")
        return "incompatible", why, _("装回更新的版本，再重启网站。"), update
    if waiting:
        why = ngettext("它的数据表比程序旧，还差 %(num)d 步迁移。", "它的数据表比程序旧，还差 %(num)d 步迁移。", len(waiting))
        return "pending", why, _("在服务器上执行迁移；在这之前它的页面暂停，数据都在。"), f"unionhall db upgrade {name}"
    if resting := host.not_live(found):
        why = _("它需要的插件没有在运行：%(names)s", names="、".join(resting))
        return "incompatible", why, _("先让它需要的插件运行起来。"), f"unionhall plugins enable {resting[0]}"
    if host.is_quarantined(name):
        why = row.quarantined_for or _("它的显示功能连续出错。")
        return "quarantined", why, _("看日志找原因，修好以后放回来。页面、写入和任务照常。"), f"unionhall plugins release {name}"
    return "enabled", "", "", ""


def _missing(name: str, row: PluginSwitch | None) -> Status:
    distribution = row.distribution if row else ""
    return Status(
        Found(name, distribution=distribution), "missing", _("程序包已经不在了，它的数据还在。"),
        _("要继续用，把程序包装回来，再重启网站；不要了，就导出数据后清除。"), f"pip install {distribution or name}",
        (), row.trouble if row else "", row.switched_at if row else None, row.switched_by if row else None,
    )  # fmt: skip
