"""Reads of the counts: days as long as they are kept, whole months before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from unionhall.base import db
from unionhall.platform.reads.models import DayViews, MonthViews

AT_ONCE = 500
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)


def views_of(kind: str, ids: Iterable[int], *, since: date | None = None, until: date | None = None) -> dict[int, int]:
    """Return {id: views} from the day `since` to the day `until`, both included; ids without a view are left out.

    Months whose days are not kept any more count when they begin in the period.
    """
    wanted, found = list(ids), dict[int, int]()
    start, end = since or FIRST, until or LAST
    for table, moment in ((DayViews, DayViews.day), (MonthViews, MonthViews.month)):
        for at in range(0, len(wanted), AT_ONCE):
            summed = (
                select(table.object_id, func.sum(table.views))
                .where(table.kind == kind, table.object_id.in_(wanted[at : at + AT_ONCE]), moment >= start, moment <= end)
                .group_by(table.object_id)
            )
            for object_id, views in db.session().execute(summed):
                found[object_id] = found.get(object_id, 0) + int(views)
    return found


def per_day(kind: str, object_id: int, *, since: date, until: date) -> dict[date, int]:
    """Return {day: views} of one object from the day `since` to the day `until`; days without a view are left out."""
    rows = select(DayViews.day, DayViews.views).where(
        DayViews.kind == kind, DayViews.object_id == object_id, DayViews.day >= since, DayViews.day <= until
    )
    return {row.day: row.views for row in db.session().execute(rows)}
