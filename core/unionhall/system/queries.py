"""Reads of the audit trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.text import fold
from unionhall.orgs.models import Org
from unionhall.platform.access import in_subtree, unscoped
from unionhall.platform.audit import AuditEntry

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What the trail is narrowed to."""

    act: str = ""
    login: str = ""
    obj: str = ""
    org: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def from_query(cls, args: Mapping[str, str]) -> Wanted:
        """Read a query string; what cannot be read is left out."""
        plain = {name: args.get(name, "").strip()[:80] for name in ("act", "login", "obj", "org")}
        until = _day(args.get("until", ""))
        return cls(**plain, since=_day(args.get("since", "")), until=until + timedelta(days=1) if until else None)


def _day(text: str) -> datetime | None:
    try:
        return clock.from_local(datetime.strptime(text, "%Y-%m-%d"))  # noqa: DTZ007 - a Shanghai day
    except ValueError:
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
    extra: dict[str, str]
    hash: str


def entries(wanted: Wanted, *, page: int) -> tuple[list[Line], int]:
    """Return a page of the trail, newest first, and how many lines match."""
    statement = select(AuditEntry)
    if wanted.act:
        statement = statement.where(AuditEntry.act == wanted.act)
    if wanted.obj:
        statement = statement.where(AuditEntry.obj == wanted.obj)
    if wanted.login:
        known = select(Account.id).where(Account.login_key == fold(wanted.login))
        statement = statement.where(AuditEntry.actor_id.in_(unscoped(known, why="audit")))
    if wanted.org:
        path = db.session().scalar(select(Org.path).where(Org.slug == wanted.org)) or "/-/"
        statement = statement.where(AuditEntry.org_id.in_(select(Org.id).where(in_subtree(Org.path, path))))
    if wanted.since:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        statement = statement.where(AuditEntry.at < wanted.until)
    total = db.session().scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = db.session().scalars(statement.order_by(AuditEntry.n.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return [_line(row) for row in rows], total


def _line(row: AuditEntry) -> Line:
    event = json.loads(row.event)
    extra = {name[2:]: str(value) for name, value in event.items() if name.startswith("x_")}
    return Line(row.n, row.at, row.act, row.actor_id, row.org_id, row.obj, event.get("req", ""), extra, row.hash)


def acts() -> list[str]:
    """Return every act that was ever recorded, for the filter."""
    return list(db.session().scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)))


def org_names(ids: set[int]) -> dict[int, str]:
    """Return {org id: short name}."""
    if not ids:
        return {}
    return dict(db.session().execute(select(Org.id, Org.short_name).where(Org.id.in_(ids))).tuples().all())
