"""Switching plugins: on, off, into order, out of quarantine. The desk and the command line both call these.

Each belongs to the caller's unit of work and leaves a line in the audit trail. Enabling runs the plugin's own migrations
first; while they run, no lock is held and what the unit wrote before is stored already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.hooks.types import Actor
from unionhall.host import migrations, truth
from unionhall.host.discovery import Found
from unionhall.host.models import PluginSwitch
from unionhall.host.registry import host
from unionhall.host.switching import hold, note, row_of
from unionhall.platform import audit
from unionhall.platform.access import SITE, require

SWITCH = "system.switch_plugins"
LONGEST_TROUBLE = 2000
log = structlog.get_logger("unionhall.host")


def enable(name: str, *, actor: Actor, now: datetime) -> None:
    """Run a plugin's pending migrations and switch it on; ends a quarantine. Raises PluginProblem when it cannot be."""
    require(actor, SWITCH, SITE)
    hold()
    found = loadable(name)
    host().check_needs(found, on=True)
    if waiting := migrations.waiting(name):
        _migrate(found, len(waiting), actor, now)
        hold()
        host().check_needs(found, on=True)
    if note(name, on=True, actor=actor, now=now, distribution=found.distribution):
        audit.record("system.plugin_enabled", f"plugin:{name}", actor=actor, now=now, version=found.version)


def disable(name: str, *, actor: Actor, now: datetime) -> None:
    """Switch a plugin off; its data stays. Also one that cannot be loaded, or that is not installed any more."""
    require(actor, SWITCH, SITE)
    hold()
    found = next((item for item in host().plugins if item.name == name), None)
    if found is None and row_of(name) is None:
        raise _unknown(name)
    host().check_needs(found or Found(name), on=False)
    if note(name, on=False, actor=actor, now=now):
        audit.record("system.plugin_disabled", f"plugin:{name}", actor=actor, now=now)


def place(names: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """Put plugins into the site's order; those that are not named follow, by name. It rules hooks, menus and cards."""
    require(actor, SWITCH, SITE)
    hold()
    known = {item.name for item in host().plugins}
    for name in names:
        if name not in known:
            raise _unknown(name)
    if len(set(names)) < len(names):
        raise PluginProblem(_("有插件写了两次。每个插件写一次。"), code="plugin-order")
    db.session().execute(update(PluginSwitch).values(position=100))
    for position, name in enumerate(names, start=1):
        row_of(name, make=True)
        db.session().execute(update(PluginSwitch).where(PluginSwitch.name == name).values(position=position))
    truth.changed()
    audit.record("system.plugins_placed", "plugins", actor=actor, now=now, order=list(names))


def release(name: str, *, actor: Actor, now: datetime) -> None:
    """End a quarantine: the plugin's display hooks are asked again. Raises PluginProblem when it is in none."""
    require(actor, SWITCH, SITE)
    hold()
    free = {"quarantined_at": None, "quarantined_for": "", "quarantined_version": ""}
    held = update(PluginSwitch).where(PluginSwitch.name == name, PluginSwitch.quarantined_at.is_not(None))
    if not db.update_count(held.values(**free)):
        raise PluginProblem(_("“%(name)s”没有被隔离，不用放回。", name=label(name)), code="plugin-not-quarantined")
    truth.changed()
    audit.record("system.plugin_released", f"plugin:{name}", actor=actor, now=now)


def loadable(name: str) -> Found:
    """Return a plugin that can be switched on. Raises PluginProblem with why it cannot."""
    found = next((item for item in host().plugins if item.name == name), None)
    if found is None:
        raise _unknown(name)
    if found.problem == "incompatible":
        told = _("“%(name)s”和这个版本的核心不合：它要求 %(what)s。请换一个合适的版本。", name=name, what=found.reason)
        raise PluginProblem(told, code="plugin-incompatible")
    if found.plugin is None or found.module is None:
        why = found.reason.strip().rpartition("\n")[2]
        raise PluginProblem(_("“%(name)s”没有载入，不能启用：%(why)s", name=name, why=why), code="plugin-not-loaded")
    return found


def label(name: str) -> str:
    """Return what people call a plugin."""
    return host().label(name)


def _unknown(name: str) -> PluginProblem:
    if host().safe:
        return PluginProblem(_("网站是不带插件启动的，只能停用插件。去掉 --safe 再试。"), code="plugins-safe")
    told = _("没有安装叫“%(name)s”的插件。先在服务器上用 pip 安装，再重启网站。", name=name)
    return PluginProblem(told, code="plugin-unknown")


def _migrate(found: Found, steps: int, actor: Actor, now: datetime) -> None:
    """Run the plugin's migrations outside the unit of work; what goes wrong is kept, and the plugin stays as it was."""
    try:
        with db.resting():
            migrations.upgrade(found.name)
    except Exception as error:
        log.exception("migration failed", plugin=found.name)
        why = f"{type(error).__name__}: {error}".strip()[:LONGEST_TROUBLE]
        row_of(found.name, make=True)
        db.session().execute(update(PluginSwitch).where(PluginSwitch.name == found.name).values(trouble=why))
        audit.record("system.plugin_migration_failed", f"plugin:{found.name}", actor=actor, now=now)
        db.keep()
        told = _("“%(name)s”的数据表没有建好，它没有启用，原来的数据没有动：%(why)s", name=label(found.name), why=why.splitlines()[0])
        raise PluginProblem(told, code="plugin-migration") from error
    audit.record("system.plugin_migrated", f"plugin:{found.name}", actor=actor, now=now, steps=steps)
