"""Figures of activities for the leadership: held, people (each once), person-times. Those held by two chapters count where they belong."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from unionhall.plugin import (
    Came,
    Org,
    ReportFigure,
    clock,
    in_subtree,
    people_who_came,
    people_who_came_by,
    plugin_settings,
    session,
    unscoped,
)
from unionhall_chapters.activities.models import Day

GROUP = _l("协会")


def _held(path: str, since: date, until: date) -> list[ColumnElement[bool]]:
    orgs = select(Org.id).where(in_subtree(Org.path, path))
    begins, ends = clock.first_moment(since), clock.first_moment(until)
    return [Day.org_id.in_(orgs), Day.starts_at >= begins, Day.starts_at < ends, Day.ends_at <= clock.now(), Day.cancelled_at.is_(None)]


def held(path: str, since: date, until: date) -> int:
    """Return how many days of activities were held."""
    wanted = select(func.count()).select_from(Day).where(*_held(path, since, until))
    return session().scalar(unscoped(wanted, why="figures")) or 0


def _came(path: str, since: date, until: date) -> Came:
    return people_who_came(unscoped(select(Day.sheet_id).where(*_held(path, since, until)), why="figures"))


def people(path: str, since: date, until: date) -> int:
    """Return how many different people came."""
    return _came(path, since, until).people


def times(path: str, since: date, until: date) -> int:
    """Return how often somebody came."""
    return _came(path, since, until).times


def report() -> tuple[ReportFigure, ...]:
    """Return the figures; small numbers of people are not shown to those above."""
    small = int(plugin_settings("chapters").small_number)
    return (
        ReportFigure("chapters.held", _l("协会活动场次"), GROUP, "items", held, order=310),
        ReportFigure("chapters.people", _l("协会活动人数"), GROUP, "people", people, small=small, order=320),
        ReportFigure("chapters.times", _l("协会活动人次"), GROUP, "times", times, small=small, order=330),
    )


def held_by_org(path: str, since: date, until: date) -> dict[int, int]:
    """Return {org id: how many days of activities it held}, in one query for all of them."""
    wanted = select(Day.org_id, func.count()).where(*_held(path, since, until)).group_by(Day.org_id)
    return {org_id: int(number) for org_id, number in session().execute(unscoped(wanted, why="figures"))}


def came_by_org(path: str, since: date, until: date) -> dict[int, Came]:
    """Return {org id: who came to what it held}, in one query for all of them."""
    sheets = unscoped(select(Day.sheet_id, Day.org_id).where(*_held(path, since, until)), why="figures")
    return people_who_came_by(sheets)
