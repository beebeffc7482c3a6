"""What stations are told of redemptions: how many, for how much, and on which days a member was at the till."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import func, select

from unionhall.plugin import session
from unionhall_rewards import rights
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import Used, UseSource, tell_uses


def counted(station_ids: Collection[int], since: date, until: date) -> dict[int, Used]:
    """Return {station id: redemptions that stand}; what was taken back does not count."""
    wanted = select(Redemption.station_id, func.count(), func.sum(Redemption.fen)).where(
        Redemption.station_id.in_(station_ids), Redemption.live, Redemption.day >= since, Redemption.day < until
    )  # fmt: skip
    return {row[0]: Used(int(row[1]), int(row[2])) for row in session().execute(wanted.group_by(Redemption.station_id))}


def days(station_id: int, member_id: int, since: date, until: date) -> set[date]:
    """Return the days on which a member redeemed a coupon at a station."""
    wanted = select(Redemption.day).join(Coupon, Coupon.id == Redemption.coupon_id).where(
        Redemption.station_id == station_id, Redemption.live, Redemption.day >= since, Redemption.day < until, Coupon.member_id == member_id
    )  # fmt: skip
    return set(session().scalars(wanted))


def rows_url(station_id: int, since: date, until: date) -> str:
    """Return where the desk lists a station's redemptions of a period."""
    return url_for("rewards_desk.redemptions", station=station_id, since=since, until=until - timedelta(days=1), state="live")


tell_uses(UseSource("rewards", counted, days, rows_url, rights.READ))
