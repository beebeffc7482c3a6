"""Ratings as a spreadsheet; who wrote them is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource
from unionhall_stations import rights
from unionhall_stations.ratings import labels, queries


def asked(below: str, values: Mapping[str, str]) -> queries.Wanted:
    """Return what a list's address narrows it to."""
    state, stars, station = values.get("state", ""), values.get("stars", ""), values.get("station", "")
    return queries.Wanted(
        below, state if state in labels.STATES else "", int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
        int(station) if station.isascii() and station.isdecimal() and len(station) < 10 else 0,
    )  # fmt: skip


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("编号"), _("驿站"), _("工会"), _("日期"), _("星级"), _("评语"), _("有照片"), _("状态"), _("回复"), _("处理时间")]


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    for row in queries.each(asked(scope, filters), actor):
        yield [
            row.station.number, row.station.name, row.org.name, row.day, row.stars, row.comment, _("是") if row.photo_file else "",
            str(labels.STATES[row.state][0]), row.reply, row.handled_at,
        ]  # fmt: skip


RATINGS = ExportSource("stations.ratings", _l("驿站评价"), rights.READ, _header, _rows)
