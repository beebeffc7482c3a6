"""Coupons as a spreadsheet; never a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, clock, member_names
from unionhall_rewards import rights
from unionhall_rewards.coupons import labels, queries
from unionhall_rewards.coupons.models import Coupon, CouponState
from unionhall_rewards.coupons.queries import Filter

SIZE = 500


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [
        _("编号"), _("券种"), _("会员"), _("面值（元）"), _("状态"), _("来源"), _("发放时间"), _("有效期至"), _("办结时间"),
    ]  # fmt: skip


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the coupons that the list shows."""
    page, chosen = 1, Filter.of(filters)
    while True:
        found, _total = queries.coupons(actor, scope, chosen, page=page, size=SIZE)
        names = member_names(row.member_id for row in found if row.member_id)
        for row in found:
            yield _line(row, names.get(row.member_id or 0, ("", None))[0])
        if len(found) < SIZE:
            return
        page += 1


def _line(row: Coupon, name: str) -> Sequence[Cell]:
    return [
        labels.number(row.id), row.kind.name, name, row.face_fen / 100, str(labels.STATES[CouponState(row.state)][0]),
        _("抽奖") if row.entry_id else _("按名单发放"), row.issued_at, clock.local_day(row.valid_to), row.closed_at,
    ]  # fmt: skip


SOURCES = (ExportSource("rewards.coupons", _l("消费券清单"), rights.READ, header, rows),)
