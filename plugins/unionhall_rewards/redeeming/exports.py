"""Redemptions as a spreadsheet; members by their masked names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, member_names
from unionhall_rewards import rights
from unionhall_rewards.redeeming import listing, looking
from unionhall_rewards.redeeming.listing import Filter
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import ClerkView, clerks_by_ids, station_names, stores_by_ids

SIZE = 500


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [
        _("单号"), _("时间"), _("门店"), _("驿站"), _("店员"), _("券"), _("会员"), _("消费金额（元）"), _("抵扣（元）"),
        _("撤销单号"), _("撤销时间"), _("撤销店员"), _("撤销原因"),
    ]  # fmt: skip


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield what the desk's list shows, oldest first."""
    chosen, after = Filter.of(filters), 0
    while found := listing.part(actor, scope, chosen, after=after, size=SIZE):
        yield from _lines(found)
        after = found[-1].id


def _lines(found: list[Redemption]) -> Iterator[Sequence[Cell]]:
    back = listing.reversals(row.id for row in found)
    both = [*found, *back.values()]
    clerks, stations = clerks_by_ids(row.clerk_id for row in both), station_names(row.station_id for row in found)
    stores, people = stores_by_ids(row.store_id for row in found), member_names(row.coupon.member_id or 0 for row in found)
    for row in found:
        other = back.get(row.id)
        yield [
            row.receipt, row.at, stores[row.store_id].name, stations.get(row.station_id, ""), clerks[row.clerk_id].name,
            row.coupon.kind.name, looking.masked(people.get(row.coupon.member_id or 0)), row.bill_fen / 100, row.fen / 100,
            *_told(other, clerks),
        ]  # fmt: skip


def _told(back: Redemption | None, clerks: Mapping[int, ClerkView]) -> Sequence[Cell]:
    return [back.receipt, back.at, clerks[back.clerk_id].name, back.reason] if back else ["", None, "", ""]


REDEMPTIONS = ExportSource("rewards.redemptions", _l("核销记录"), rights.READ, header, rows)
