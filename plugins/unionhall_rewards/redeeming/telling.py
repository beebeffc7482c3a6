"""What coupons know of tills: where one was used, and what happened to it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import session
from unionhall_rewards.coupons import seams
from unionhall_rewards.coupons.seams import Step, Used
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import clerks_by_ids, station_names


def uses(coupon_ids: Iterable[int]) -> dict[int, Used]:
    """Return {coupon id: when and where it was used} of coupons that are redeemed now."""
    wanted = select(Redemption.coupon_id, Redemption.at, Redemption.station_id, Redemption.fen)
    rows = session().execute(wanted.where(Redemption.coupon_id.in_(set(coupon_ids)), Redemption.live)).all()
    names = station_names(row.station_id for row in rows)
    return {row.coupon_id: Used(row.at, names.get(row.station_id, ""), row.fen) for row in rows}


def steps(coupon_id: int) -> Iterator[Step]:
    """Yield what happened to a coupon at tills, in order."""
    rows = list(session().scalars(select(Redemption).where(Redemption.coupon_id == coupon_id).order_by(Redemption.id)))
    names, clerks = station_names(row.station_id for row in rows), clerks_by_ids(row.clerk_id for row in rows)
    for row in rows:
        clerk = clerks.get(row.clerk_id)
        who, station = clerk.name if clerk else "—", names.get(row.station_id, "")
        place = _("%(station)s，店员 %(name)s，%(receipt)s", station=station, name=who, receipt=row.receipt)
        yield Step(row.at, _l("撤销核销") if row.reverses_id else _l("核销"), f"{place} {row.reason}".strip())


seams.USES.append(uses)
seams.STEPS.append(steps)
