"""Figures of sign-ups: for the leadership's report, for campaigns and plugins."""

from __future__ import annotations

from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from unionhall.base import clock, db
from unionhall.hooks.components import Figure
from unionhall.hooks.reporting import ReportFigure
from unionhall.members.models import Member
from unionhall.platform.access import unscoped, within
from unionhall.signups.models import ALIVE, Entry, Sheet

GROUP = _l("活动与报名")
DESK = "/desk/signups/"  # the worker counts outside any request, where no address can be built


def _moment(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time()))


def _between(column: ColumnElement[datetime | None], path: str, since: date, until: date) -> ColumnElement[bool]:
    return within(Entry, [path]) & (column >= _moment(since)) & (column < _moment(until))


def _signed(path: str, since: date, until: date) -> ColumnElement[bool]:
    return _between(Entry.created_at, path, since, until) & Entry.state.in_(ALIVE)  # type: ignore[arg-type]


def _asked(what: ColumnElement[int], where: ColumnElement[bool]) -> int:
    return db.session().scalar(unscoped(select(what).select_from(Entry).where(where), why="figures")) or 0


def people(path: str, since: date, until: date) -> int:
    """Return how many different people signed up; companions, who have no name of their own here, are not counted."""
    return _asked(func.count(func.distinct(Entry.person)), _signed(path, since, until))


def times(path: str, since: date, until: date) -> int:
    """Return how many sign-ups there were, person-times."""
    return _asked(func.count(), _signed(path, since, until))


def here(path: str, since: date, until: date) -> int:
    """Return how many check-ins there were, person-times."""
    return _asked(func.count(), _between(Entry.checked_in_at, path, since, until))  # type: ignore[arg-type]


def _rows(_path: str, _since: date, _until: date) -> str:
    return DESK


REPORT = (
    ReportFigure("signups.people", _l("报名人数"), GROUP, "people", people, _rows, order=200),
    ReportFigure("signups.times", _l("报名人次"), GROUP, "times", times, _rows, order=210),
    ReportFigure("signups.here", _l("签到人次"), GROUP, "times", here, _rows, order=220),
)


def of_sheet(sheet: Sheet) -> list[Figure]:
    """Return a sheet's figures: who is signed up, who waits, who came, and sign-ups by day."""
    mine = (Entry.sheet_id == sheet.id) & Entry.state.in_(ALIVE)
    url = f"{DESK}{sheet.id}/"
    distinct = _asked(func.count(func.distinct(Entry.person)), mine)
    signed = _asked(func.count(), mine)
    came = _asked(func.count(), (Entry.sheet_id == sheet.id) & Entry.checked_in_at.is_not(None))
    return [
        Figure(_l("报名"), distinct, signed, sheet.places, url + "?state=alive", _by_day(sheet), _by_org(sheet)),
        Figure(_l("已占名额"), None, sheet.taken, sheet.places, url),
        Figure(_l("候补"), sheet.waiting, None, sheet.waiting_places, url + "?state=waiting"),
        Figure(_l("签到"), came, came, None, url + "?state=here"),
    ]


def _by_org(sheet: Sheet) -> dict[int, int]:
    """Return {org id: people} by the union that each member belongs to now; who is on no roster is in none."""
    wanted = (
        select(Member.org_id, func.count(func.distinct(Entry.person))).join(Member, Member.id == Entry.member_id)
        .where(Entry.sheet_id == sheet.id, Entry.state.in_(ALIVE)).group_by(Member.org_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in db.session().execute(unscoped(wanted, why="figures"))}


def _by_day(sheet: Sheet) -> dict[date, int]:
    wanted = select(Entry.created_at).where(Entry.sheet_id == sheet.id, Entry.state.in_(ALIVE))
    found: dict[date, int] = {}
    for moment in db.session().scalars(unscoped(wanted, why="figures")):
        day = clock.local_day(moment)
        found[day] = found.get(day, 0) + 1
    return dict(sorted(found.items()))
