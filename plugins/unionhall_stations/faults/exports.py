"""Reports of faults as a spreadsheet; who reported is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource
from unionhall_stations import rights
from unionhall_stations.faults import labels, queries

LIVE = "live"


def asked(below: str, values: Mapping[str, str]) -> queries.Wanted:
    """Return what a list's address narrows it to."""
    state, station = values.get("state", ""), values.get("station", "")
    return queries.Wanted(
        below, state if state in {*labels.STATES, LIVE} else "",
        int(station) if station.isascii() and station.isdecimal() and len(station) < 10 else 0,
    )  # fmt: skip


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("编号"), _("驿站"), _("工会"), _("报修的地方"), _("说明"), _("有照片"), _("报修时间"), _("状态"), _("回复"), _("修好时间"),
        _("没修好的次数"),
    ]  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    for row in queries.each(asked(scope, filters), actor):
        yield [
            row.station.number, row.station.name, row.org.name, labels.what(row), row.text, _("是") if row.photo_file else "",
            row.created_at, str(labels.STATES[row.state][0]), row.reply, row.mended_at, row.returned,
        ]  # fmt: skip


FAULTS = ExportSource("stations.faults", _l("驿站报修"), rights.READ, _header, _rows)
