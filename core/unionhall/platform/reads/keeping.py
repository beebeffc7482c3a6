"""How long days are kept: long enough to compare a quarter with the same days a year ago; then their month's sum remains."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Date, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.base import clock, db
from unionhall.platform.reads.models import DayViews, MonthViews

DAYS_KEPT = 460  # a year and a quarter


def first_kept(today: date) -> date:
    """Return the first day of the oldest month whose days are kept: only whole months are folded."""
    return (today - timedelta(days=DAYS_KEPT)).replace(day=1)


def fold(now: datetime) -> int:
    """Put the days of months that are over long enough together (the job); returns how many months. The sum is kept."""
    end, folded = first_kept(clock.local_day(now)), 0
    oldest = db.session().scalar(select(func.min(DayViews.day)).where(DayViews.day < end))
    db.session().rollback()
    month = oldest.replace(day=1) if oldest else end
    while month < end:
        after = (month + timedelta(days=32)).replace(day=1)
        with db.unit_of_work():
            _fold_month(month, after)
        month, folded = after, folded + 1
    return folded


def _fold_month(month: date, after: date) -> None:
    insert = postgresql.insert if db.engine().dialect.name == "postgresql" else sqlite.insert
    inside = (DayViews.day >= month) & (DayViews.day < after)
    sums = select(DayViews.kind, DayViews.object_id, literal(month, Date), func.sum(DayViews.views)).where(inside)
    row = insert(MonthViews).from_select(["kind", "object_id", "month", "views"], sums.group_by(DayViews.kind, DayViews.object_id))
    summed = {"views": MonthViews.views + row.excluded.views}
    db.session().execute(row.on_conflict_do_update(index_elements=["kind", "object_id", "month"], set_=summed))
    db.session().execute(delete(DayViews).where(inside).execution_options(synchronize_session=False))
