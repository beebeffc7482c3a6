"""The list of stations as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, clock
from unionhall_stations import rights
from unionhall_stations.directory import labels, listing
from unionhall_stations.directory.finding import MILLION


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("编号"), _("名称"), _("工会"), _("状态"), _("现在"), _("地址"), _("怎么找到"), _("电话"), _("负责人"), _("门店"), _("开放时间"),
        _("服务"), _("轮椅进得去"), _("纬度"), _("经度"), _("开放日期"), _("撤站日期"), _("网址"),
    ]  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    state, service, now = filters.get("state", ""), filters.get("service", ""), clock.now()
    wanted = listing.Wanted(
        scope, filters.get("q", "")[:40], state if state in labels.STATES else "", "now" if filters.get("open") == "now" else "",
        int(service) if service.isdecimal() and len(service) < 10 else 0, filters.get("lack", ""),
    )  # fmt: skip
    for row in listing.each(wanted, actor, now):
        found = row.station
        yield [
            found.number, found.name, found.org.name, str(labels.STATES[found.state][0]), labels.status(found, row.status, now),
            found.address, found.directions, found.phone, found.responsible, found.store.name if found.store else "",
            _("；").join(f"{days} {hours}" for days, hours in labels.week(found)),
            _("、").join(offer.service.name if offer.works else _("%(name)s（暂不能用）", name=offer.service.name) for offer in row.offers),
            _("是") if found.wheelchair else _("否"), _degrees(found.latitude), _degrees(found.longitude), found.opened_on, found.closed_on,
            f"/stations/{found.slug}/",
        ]  # fmt: skip


def _degrees(value: int | None) -> float | None:
    return None if value is None else value / MILLION


LIST = ExportSource("stations.list", _l("驿站一览"), rights.READ, _header, _rows, personal=False)
