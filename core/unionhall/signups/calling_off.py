"""Calling off what a sheet is for: nobody can sign up any more, everybody on it loses their entry, in one unit of work."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import purge
from unionhall.signups import leaving, places
from unionhall.signups.models import ALIVE, Entry, Sheet, SheetState, State
from unionhall.signups.queries import MANAGE


def call_off(sheet: Sheet, *, reason: str, actor: Actor, now: datetime) -> list[int]:
    """Close a sheet and cancel its entries; returns the accounts of those who lost one. The owner tells them, in words of its own.

    Raises RuleBroken without a reason; called twice, the second one finds nobody.
    """
    access.require(actor, MANAGE, sheet.org)
    reason = tidy(reason)[:200]
    if not reason:
        raise RuleBroken(_("请写原因，报名的人会看到。"), field="reason")
    sheet = places.lock(sheet.id)
    sheet.state, sheet.updated_at = SheetState.CLOSED.value, now
    db.session().flush()
    heads = select(Entry).where(Entry.sheet_id == sheet.id, Entry.state.in_(ALIVE), Entry.captain_id.is_(None)).order_by(Entry.number)
    found: list[int] = []
    for entry in db.session().scalars(unscoped(heads.execution_options(populate_existing=True), why="called off")).all():
        gone = leaving.take_out(sheet, entry, State.CANCELLED, now=now, by_org=True, reason=reason)
        found += [item.account_id for item in gone if item.account_id]
    purge(places.page_tag(sheet.id))
    audit.record("signups.called_off", f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id, entries=len(found))
    return found
