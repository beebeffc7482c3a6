"""Reads of the audit trail, narrowed to the orgs that the reader audits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.text import fold, like_escape, tidy
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import Actor, in_subtree, unscoped
from unionhall.platform.audit import AuditEntry

PAGE = 50
AUDIT = "system.audit"


@dataclass(frozen=True)
class Wanted:
    """What the trail is narrowed to."""

    act: str = ""
    who: str = ""
    obj: str = ""
    org: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def from_query(cls, args: Mapping[str, str]) -> Wanted:
        """Read a query string; what cannot be read is left out."""
        plain = {name: args.get(name, "").strip()[:80] for name in ("act", "who", "obj", "org")}
        until = _day(args.get("until", ""))
        return cls(**plain, since=_day(args.get("since", "")), until=until + timedelta(days=1) if until else None)

    @property
    def anything(self) -> bool:
        """True when something is filtered out."""
        return self != Wanted()


def _day(text: str) -> datetime | None:
    try:
        return clock.from_local(datetime.strptime(text, "%Y-%m-%d"))  # noqa: DTZ007 - a Shanghai day
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Line:
    """A line of the trail, as the page shows it."""

    n: int
    at: datetime
    act: str
    actor_id: int | None
    org_id: int | None
    obj: str
    request: str
    extra: dict[str, Any]


def entries(wanted: Wanted, *, actor: Actor, page: int) -> tuple[list[Line], int]:
    """Return a page of the trail, newest first, and how many lines match."""
    conditions = [_visible(actor), *_conditions(wanted)]
    total = db.session().scalar(select(func.count()).select_from(AuditEntry).where(and_(*conditions))) or 0
    rows = select(AuditEntry).where(and_(*conditions)).order_by(AuditEntry.n.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return [line_of(row) for row in db.session().scalars(rows)], total


def part(wanted: Wanted, *, actor: Actor, below: str, before: int | None, limit: int) -> list[Line]:
    """Return the newest lines below the number `before`; those of orgs at or below `below`, the site's own with the whole trail."""
    conditions = [_visible(actor), *_conditions(wanted)]
    if below.count("/") > 2:
        conditions.append(AuditEntry.org_id.in_(_within((below,))))
    if before is not None:
        conditions.append(AuditEntry.n < before)
    rows = db.session().scalars(select(AuditEntry).where(and_(*conditions)).order_by(AuditEntry.n.desc()).limit(limit))
    return [line_of(row) for row in rows]


def _visible(actor: Actor) -> ColumnElement[bool]:
    """The whole trail for who audits the whole site; else the lines of the orgs that somebody audits."""
    if access.can(actor, AUDIT, access.SITE):
        return true()
    return AuditEntry.org_id.in_(_within(actor.paths(AUDIT)))


def _within(paths: tuple[str, ...]) -> Select[int]:
    return select(Org.id).where(or_(false(), *(in_subtree(Org.path, path) for path in paths)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.act:
        found.append(AuditEntry.act == wanted.act)
    if wanted.obj:
        found.append(AuditEntry.obj == wanted.obj)
    if wanted.who:
        people = select(Account.id).where(or_(Account.login_key == fold(wanted.who), Account.name == tidy(wanted.who)))
        found.append(AuditEntry.actor_id.in_(unscoped(people, why="audit")))
    if wanted.org:
        pattern = f"%{like_escape(tidy(wanted.org))}%"
        named = select(Org.path).where(or_(Org.name.like(pattern, escape="\\"), Org.short_name.like(pattern, escape="\\")))
        found.append(AuditEntry.org_id.in_(_within(tuple(db.session().scalars(named.order_by(Org.path).limit(50))))))
    if wanted.since:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        found.append(AuditEntry.at < wanted.until)
    return found


def line_of(row: AuditEntry) -> Line:
    """Return an entry of the trail as the page shows it."""
    event = json.loads(row.event)
    extra = {name[2:]: value for name, value in event.items() if name.startswith("x_")}
    return Line(row.n, row.at, row.act, row.actor_id, row.org_id, row.obj, event.get("req", ""), extra)


def acts(actor: Actor) -> list[str]:
    """Return every act that was ever recorded where the reader audits, for the filter."""
    return list(db.session().scalars(select(AuditEntry.act).where(_visible(actor)).distinct().order_by(AuditEntry.act)))


def org_names(ids: set[int]) -> dict[int, str]:
    """Return {org id: short name}."""
    if not ids:
        return {}
    return {row.id: row.short_name for row in db.session().execute(select(Org.id, Org.short_name).where(Org.id.in_(ids)))}
