"""Chapters side by side as a spreadsheet, with the same numbers hidden as on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, clock, report_period, report_periods
from unionhall_chapters import labels, rights
from unionhall_chapters.figures import queries


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("协会"), _("类型"), _("从"), _("到"), _("会员"), _("其中二次覆盖"), _("二次覆盖（每百人）"),
        _("活动场次"), _("每百名会员的活动场次"),
        _("活动人次"), _("人均活动次数"), _("志愿服务小时"), _("人均志愿服务小时"),
    ]  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    today = clock.local_day(clock.now())
    period = report_period({"period": filters.get("period") or report_periods("month", today)[1]}, today)
    for row in queries.compare(queries.place(actor, scope), period)[0]:
        hours = None if row.minutes is None else round(row.minutes / 60, 1)
        yield [
            row.name, str(labels.KINDS[row.chapter.kind]), period.since, period.last_day, row.people, row.second, _short(row.share),
            row.held, _short(row.activities), row.came, _short(row.times), hours, _short(row.hours),
        ]  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


FIGURES = ExportSource("chapters.figures", _l("协会统计"), rights.READ, _header, _rows, personal=False)
