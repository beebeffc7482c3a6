"""What redemptions say about a person: where and when coupons of theirs were used. The books need it; a name is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Kept, Person, PersonalData
from unionhall_rewards.redeeming import judging, queries
from unionhall_stations.api import station_names, stores_by_ids

BOOKS = timedelta(days=365 * 10 + 3)


def export(person: Person) -> Mapping[str, Any]:
    """Return where, when and for how much coupons of a person were used, or given back."""
    rows = queries.of_member(person.member_id) if person.member_id else []
    stations, stores = station_names(row.station_id for row in rows), stores_by_ids(row.store_id for row in rows)
    told = [
        {
            _("单号"): row.receipt, _("券"): row.coupon.kind.name, _("时间"): judging.until_words(row.at),
            _("地点"): f"{stations.get(row.station_id, '')}（{stores[row.store_id].name}）", _("消费金额"): judging.yuan(row.bill_fen),
            _("抵扣"): judging.yuan(-row.fen if row.reverses_id else row.fen), _("说明"): row.reason,
        }
        for row in rows
    ]  # fmt: skip
    return {_("消费券核销"): told} if told else {}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Keep the books: a redemption holds no name, only the coupon's number."""
    rows = queries.of_member(person.member_id) if person.member_id else []
    if not rows:
        return []
    why = _l("和门店结算的凭证要保存 10 年（会计档案管理办法），里面没有姓名")
    return [Kept(_l("消费券的核销记录：时间、门店、金额"), why, rows[-1].at + BOOKS)]


PERSONAL = PersonalData("rewards.redemptions", _l("消费券核销记录"), export, erase)
