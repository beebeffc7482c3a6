"""Inspections, and a year's evidence, as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, account_names, clock
from unionhall_stations import rights
from unionhall_stations.inspections import best, labels, queries
from unionhall_stations.inspections.models import Result


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("月份"), _("编号"), _("驿站"), _("工会"), _("方式"), _("巡查人"), _("巡查时间"), _("得分"), _("亮灯"), _("不合格"), _("整改期限"),
        _("整改"), _("改了什么"), _("复查时间"),
    ]  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    today = clock.local_day(clock.now())
    wanted = queries.Wanted(scope, filters.get("month", "")[:7], filters.get("light", ""), filters.get("fix", ""))
    rows = list(queries.each(wanted, actor, today))
    names = account_names({row.inspector_id for row in rows if row.inspector_id and not row.secret})
    for row in rows:
        wrong = _("；").join(f"{point.text}：{point.note}" for point in row.points if point.result == Result.NOT)
        who = _("神秘访客") if row.secret else names.get(row.inspector_id or 0, "")
        yield [
            row.month, row.station.number, row.station.name, row.org.name, _("神秘访客") if row.secret else _("例行"), who, row.done_at,
            row.score, str(labels.LIGHTS[row.light][0]), wrong, row.fix_by, str(labels.FIXES[row.fix_state][0]), row.fix_note,
            row.checked_at,
        ]  # fmt: skip


def _best_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("编号"), _("驿站"), _("工会"), _("巡查次数"), _("平均分"), _("绿灯"), _("红灯"), _("没改好的"), _("够条件"), _("提名"), _("理由"),
    ]  # fmt: skip


def _best_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    text = filters.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else clock.local_day(clock.now()).year
    for item in best.standings(year, scope, actor):
        yield [
            item.station.number, item.station.name, item.station.org.name, item.visits, item.mean, item.greens, item.reds, item.open_fixes,
            _("是") if item.eligible else _("否"), _("是") if item.nomination else "", item.nomination.reason if item.nomination else "",
        ]  # fmt: skip


SOURCES = (
    ExportSource("stations.inspections", _l("驿站巡查"), rights.READ, _header, _rows),
    ExportSource("stations.best", _l("最美驿站评选材料"), rights.READ, _best_header, _best_rows, personal=False),
)
