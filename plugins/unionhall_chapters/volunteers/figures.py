"""Volunteering in the leadership's report: people, person-times, whole hours."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select

from unionhall.plugin import Org, ReportFigure, in_subtree, session, unscoped
from unionhall_chapters.volunteers import limits
from unionhall_chapters.volunteers.models import Hours, HoursState

GROUP = _l("协会")


def _asked(what: ColumnElement[int], path: str, since: date, until: date) -> int:
    within = select(Org.id).where(in_subtree(Org.path, path))
    wanted: Select[int] = select(what).select_from(Hours).where(
        Hours.org_id.in_(within), Hours.state == HoursState.APPROVED, Hours.minutes > 0, Hours.day >= since, Hours.day < until
    )  # fmt: skip
    return int(session().scalar(unscoped(wanted, why="a number of the report, which judges who reads it")) or 0)


def people(path: str, since: date, until: date) -> int:
    """Count volunteers, each once."""
    return _asked(func.count(func.distinct(Hours.member_id)), path, since, until)


def times(path: str, since: date, until: date) -> int:
    """Count services, person-times."""
    return _asked(func.count(Hours.id), path, since, until)


def whole_hours(path: str, since: date, until: date) -> int:
    """Return person-hours, rounded down to whole hours once, over all."""
    return _asked(func.sum(Hours.minutes), path, since, until) // 60


def by_org(path: str, since: date, until: date) -> dict[int, tuple[int, int, int]]:
    """Return {org id: (volunteers, services, minutes)}, in one query for all of them."""
    within = select(Org.id).where(in_subtree(Org.path, path))
    wanted = (
        select(Hours.org_id, func.count(func.distinct(Hours.member_id)), func.count(Hours.id), func.sum(Hours.minutes))
        .where(Hours.org_id.in_(within), Hours.state == HoursState.APPROVED, Hours.minutes > 0, Hours.day >= since, Hours.day < until)
        .group_by(Hours.org_id)
    )  # fmt: skip
    rows = session().execute(unscoped(wanted, why="a number of the report, which judges who reads it"))
    return {org_id: (int(volunteers), int(services), int(minutes)) for org_id, volunteers, services, minutes in rows}


def report() -> list[ReportFigure]:
    """Return the figures; small numbers of people are not shown above the chapter."""
    small = limits.small_number()
    return [
        ReportFigure("chapters.volunteers", _l("志愿者"), GROUP, "people", people, small=small, order=420),
        ReportFigure("chapters.services", _l("志愿服务人次"), GROUP, "times", times, small=small, order=430),
        ReportFigure("chapters.service_hours", _l("志愿服务时长"), GROUP, "hours", whole_hours, order=440),
    ]
