"""Attendance as a list to export: who had a place on which day of an activity, who came, when, how late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import Actor, Cell, ExportSource, scoped, session, sheet_attendance
from unionhall_chapters import rights
from unionhall_chapters.activities.models import Day, Series


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Name the columns."""
    return [_("活动"), _("日期"), _("地点"), _("姓名"), _("签到时间"), _("迟到"), _("签退时间")]


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[list[Cell]]:
    """Yield a line for every place on every day that this actor may see, of one activity or of all."""
    wanted = scoped(select(Day).join(Series, Series.id == Day.series_id).where(Day.cancelled_at.is_(None)), Day, actor, rights.LEAD, scope)
    asked = filters.get("activity", "")
    if asked:
        wanted = wanted.where(Day.series_id == (int(asked) if asked.isdecimal() and len(asked) < 10 else 0))
    for day in session().scalars(wanted.order_by(Day.starts_at, Day.id)):
        for row in sheet_attendance(day.sheet):
            late = _("迟到") if row.late else ""
            yield [day.series.title, day.starts_at, day.venue, row.name, row.checked_in_at, late, row.checked_out_at]


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    return rows(actor, scope, filters)


ATTENDANCE = ExportSource("chapters.attendance", _l("协会活动出勤"), rights.LEAD, header, _rows)
