"""The report as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor
from unionhall.reports import labels, periods, queries


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("组织"), _("从"), _("到"), _("分组"), _("指标"), _("单位"), _("本期"), _("去年同期"), _("增减"), _("增减比例"), _("截至")]


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    now, asked = clock.now(), filters.get("org", "")
    org = queries.place(int(asked) if asked.isdecimal() and len(asked) < 11 else -1 if asked else None, actor, scope)
    period = periods.asked(filters, clock.local_day(now))
    for line in queries.lines(actor, org, period, now):
        unit = line.figure.unit
        this: Cell = labels.shown(line) if line.hidden else _told(line.now.number if line.now else None, unit)
        before: Cell = _told(line.before, unit) if line.before and not line.before_hidden else labels.before(line)
        yield [
            org.name, period.since, period.until - periods.DAY, str(line.figure.group), str(line.figure.label), str(labels.UNITS[unit]),
            this, before, _told(line.difference, unit), line.percent, line.now.at if line.now else None,
        ]  # fmt: skip


def _told(number: int | None, unit: str) -> int | float | None:
    return number / 100 if number is not None and unit == "fen" else number


SOURCE = ExportSource("reports.figures", _l("工作统计"), queries.READ, _header, _rows, personal=False)
