"""Purging a plugin: its data goes, its tables, and everything that the core keeps under its name. The audit trail stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.hooks.types import Actor
from unionhall.host import truth
from unionhall.host.lifecycle import SWITCH
from unionhall.host.models import HookTime, PluginSwitch
from unionhall.host.registry import host
from unionhall.host.status import Status
from unionhall.host.switching import hold
from unionhall.media import files
from unionhall.platform import audit, pagecache
from unionhall.platform.access import SITE, require
from unionhall.system import plugin_data, purge_facts

EXPORTED = "system.plugin_exported"
FRESH = timedelta(days=1)
WORKING = frozenset({"enabled", "pending", "quarantined"})


def status_of(name: str) -> Status | None:
    """Return how a plugin stands; None for one that is neither installed nor left anything."""
    return next((item for item in host().statuses() if item.found.name == name), None)


def check(name: str) -> None:
    """Raise PluginProblem for a plugin that cannot be purged now: it works, others need it, or nothing of it is there."""
    status = status_of(name)
    if status is None and not plugin_data.tables(name):
        raise PluginProblem(_("没有叫“%(name)s”的插件，也没有它留下的数据。", name=name), code="plugin-unknown")
    if status is not None and status.state in WORKING:
        raise PluginProblem(_("“%(name)s”正在用。先停用它，再清除。", name=host().label(name)), code="plugin-enabled")
    if status is not None and status.state == "installed" and not plugin_data.tables(name) and not purge_facts.kept(name):
        raise PluginProblem(_("“%(name)s”没有留下数据，不用清除。", name=host().label(name)), code="plugin-empty")
    if users := _users(name):
        told = _("别的插件需要“%(name)s”，不能清除：%(users)s。先清除它们。", name=host().label(name), users="、".join(users))
        raise PluginProblem(told, code="plugin-needed")


def _users(name: str) -> list[str]:
    kept = {status.found.name for status in host().statuses() if status.state != "installed"}
    return [
        host().label(item.name) for item in host().plugins if item.plugin and name in item.plugin.requires and item.name in kept
    ]


def export(name: str, target: IO[bytes], *, actor: Actor, now: datetime) -> plugin_data.Written:
    """Write the plugin's tables and files into an archive, in a unit of work that rests meanwhile. Raises PluginProblem."""
    require(actor, SWITCH, SITE)
    if status_of(name) is None and not plugin_data.tables(name):
        raise PluginProblem(_("没有叫“%(name)s”的插件，也没有它留下的数据。", name=name), code="plugin-unknown")
    with db.resting():
        done = plugin_data.write_archive(name, target, now)
    audit.record(EXPORTED, f"plugin:{name}", actor=actor, now=now, count=done.rows)
    return done


def exported_at(name: str, now: datetime) -> datetime | None:
    """Return when the plugin's data was exported last, if that was within a day."""
    entry = audit.AuditEntry
    asked = select(entry.at).where(entry.act == EXPORTED, entry.obj == f"plugin:{name}", entry.at > now - FRESH)
    return db.session().scalar(asked.order_by(entry.n.desc()).limit(1))


def purge(name: str, *, actor: Actor, now: datetime) -> None:
    """Remove everything of a plugin in this unit of work, which is stored before the tables are dropped; run again, it goes on.

    Raises PluginProblem (see `check`), and RuleBroken while something of the plugin's goes on elsewhere.
    """
    require(actor, SWITCH, SITE)
    hold()
    check(name)
    gone = plugin_data.stored_files(name)
    plugin_data.empty(name)
    host().call("unionhall_plugin_purging", name=name, now=now)
    if gone:
        files.remove(gone, now=now)
    pagecache.purge(pagecache.SITE)
    with db.resting():
        plugin_data.drop(name)
    hold()
    for table, column in ((PluginSwitch, PluginSwitch.name), (HookTime, HookTime.plugin)):
        db.session().execute(delete(table).where(column == name).execution_options(synchronize_session=False))
    truth.changed()
    audit.record("system.plugin_purged", f"plugin:{name}", actor=actor, now=now)
