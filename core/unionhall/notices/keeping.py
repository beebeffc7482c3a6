"""How long notices stay, one person's notices, and how many were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.people import Kept, Person, PersonalData
from unionhall.hooks.reporting import ReportFigure
from unionhall.notices.models import Address, Delivery, DeliveryState, Habit, Notice, Preference
from unionhall.orgs.models import Org
from unionhall.platform import access

READ_FOR, LOGGED_FOR, AT_ONCE = timedelta(days=400), timedelta(days=180), 2000


def sweep(now: datetime) -> None:
    """Remove deliveries older than 180 days and read notices older than 400, a few thousand in each unit of work; a job."""
    old = (Delivery.created_at < now - LOGGED_FOR) & Delivery.state.not_in((DeliveryState.WAITING, DeliveryState.FAILED))
    read = Notice.read_at.is_not(None) & (Notice.created_at < now - READ_FOR)
    for table, condition in ((Delivery, old), (Notice, read)):
        removed = AT_ONCE
        while removed == AT_ONCE:
            with db.unit_of_work():
                ids = select(table.id).where(condition).order_by(table.id).limit(AT_ONCE).scalar_subquery()
                removed = db.update_count(delete(table).where(table.id.in_(ids)).execution_options(synchronize_session=False))


def export(person: Person) -> Mapping[str, Any]:
    """Return a person's notices, what became of them and what they chose, as JSON values."""
    if person.account_id is None:
        return {}
    session, mine = db.session(), person.account_id
    notices = session.scalars(select(Notice).where(Notice.account_id == mine).order_by(Notice.id))
    deliveries = session.scalars(select(Delivery).where(Delivery.account_id == mine).order_by(Delivery.id))
    chosen = session.scalars(select(Preference).where(Preference.account_id == mine).order_by(Preference.kind, Preference.channel))
    habit = session.get(Habit, mine)
    return {
        "notices": [{"at": clock.local(row.created_at).isoformat(), "kind": row.kind, "subject": row.subject, "values": row.values,
                     "url": row.url, "read": row.read_at is not None} for row in notices],
        "deliveries": [{"at": clock.local(row.created_at).isoformat(), "kind": row.kind, "channel": row.channel, "state": row.state,
                        "address": row.address} for row in deliveries],
        "choices": [{"kind": row.kind, "channel": row.channel, "enabled": row.enabled} for row in chosen],
        "daily_mail": bool(habit and habit.digest),
        "channels": sorted(session.scalars(select(Address.channel).where(Address.account_id == mine))),
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove all of a person's notices, their log, choices and addresses; nothing has to stay."""
    if person.account_id is not None:
        for table in (Delivery, Notice, Preference, Habit, Address):
            db.update_count(delete(table).where(table.account_id == person.account_id).execution_options(synchronize_session=False))
    return []


PERSONAL = PersonalData("notices", _l("通知和通知设置"), export, erase)


def _sent(org_path: str, since: date, until: date) -> list[ColumnElement[bool]]:
    starts, ends = (clock.from_local(datetime.combine(day, datetime.min.time())) for day in (since, until))
    return [Notice.created_at >= starts, Notice.created_at < ends, access.in_subtree(Org.path, org_path)]


def _count(what: ColumnElement[int], org_path: str, since: date, until: date) -> int:
    joined = select(what).select_from(Notice).join(Account, Account.id == Notice.account_id).join(Org, Org.id == Account.org_id)
    return db.session().scalar(access.unscoped(joined.where(*_sent(org_path, since, until)), why="report")) or 0


def times(org_path: str, since: date, until: date) -> int:
    """Return how many notices were given to people at or below an org: one person's two are two."""
    return _count(func.count(Notice.id), org_path, since, until)


def people(org_path: str, since: date, until: date) -> int:
    """Return how many people at or below an org were told something, each once."""
    return _count(func.count(Notice.account_id.distinct()), org_path, since, until)


def _rows_url(_org_path: str, since: date, until: date) -> str:
    return "/desk/notices/log/?" + urlencode({"since": since.isoformat(), "until": (until - timedelta(days=1)).isoformat()})


FIGURES = [
    ReportFigure("notices.times", _l("通知送达（人次）"), _l("通知"), "times", times, _rows_url, order=800),
    ReportFigure("notices.people", _l("通知触达（人数）"), _l("通知"), "people", people, _rows_url, order=801),
]
