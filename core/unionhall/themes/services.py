"""Choosing the site's theme. It counts in every process within a second, without a restart."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.hooks.types import Actor
from unionhall.host.looks import ThemeChoice, ThemeFault, looks
from unionhall.host.themes import Theme
from unionhall.platform import audit, pagecache
from unionhall.platform.access import SITE, require

MANAGE = "system.themes"


def usable(name: str, *, actor: Actor) -> Theme:
    """Return a theme that may be tried or chosen. Raises NotFound, and RuleBroken with the reason when it is not fit."""
    require(actor, MANAGE, SITE)
    theme = looks().every.get(name)
    if theme is None:
        raise NotFound(_("没有安装主题“%(name)s”。看看有哪些：unionhall themes list", name=name))
    if theme.faults:
        told = {"name": name, "why": theme.faults[0].reason, "remedy": theme.faults[0].remedy}
        raise RuleBroken(_("主题“%(name)s”不能用：%(why)s %(remedy)s", **told), code="theme-broken")
    if theme.surface:
        raise RuleBroken(_("主题“%(name)s”只用在专门的屏幕上，不能作全站的主题。", name=name), code="theme-surface")
    return theme


def choose(name: str, *, actor: Actor, now: datetime) -> bool:
    """Make a theme the site's; False when it is already. Raises NotFound, RuleBroken, Conflict."""
    usable(name, actor=actor)
    row = db.session().scalar(select(ThemeChoice).with_for_update()) or ThemeChoice(id=1, name="")
    if row.name == name:
        return False
    before, row.name, row.chosen_at, row.chosen_by = looks().of_site().name, name, now, actor.account_id
    db.session().add(row)
    try:
        db.session().flush()
    except db.IntegrityError:
        db.session().rollback()
        raise Conflict(_("有人在同一时刻换了主题，这次没有换。请看看现在的主题，再决定要不要换。")) from None
    db.session().execute(delete(ThemeFault).where(ThemeFault.theme == name))
    audit.record("themes.chosen", f"theme:{name}", actor=actor, now=now, before=before)
    pagecache.purge(pagecache.SITE)
    return True
