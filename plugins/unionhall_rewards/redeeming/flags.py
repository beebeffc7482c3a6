"""Patterns that a person should look at: one clerk and one member again and again, outside opening hours, back and forth. Nobody is judged
by a machine: a pattern waits until somebody has looked and says what it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.plugin import Actor, Conflict, clock, record_audit, session, tidy, unit_of_work, unscoped, update_count
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.redeeming.models import Flag, Redemption
from unionhall_stations.api import open_now

WINDOW, LATELY = timedelta(days=30), timedelta(hours=26)
PAIR, ROUND = 4, 3
"""So many redemptions of one member by one clerk, so many of one clerk taken back (or two of one coupon), within the window."""
SLOT = 900
CHUNK = 500


def search(now: datetime) -> int:
    """Note the patterns of late, each once (a job); returns how many are new."""
    found = [*_pairs(now), *_hours(now), *_rounds(now)]
    session().rollback()
    with unit_of_work():
        return _note(found)


def _note(found: list[dict[str, Any]]) -> int:
    dialect = sqlite if session().get_bind().dialect.name == "sqlite" else postgresql
    new = 0
    for start in range(0, len(found), CHUNK):
        rows = dialect.insert(Flag).values(found[start : start + CHUNK]).on_conflict_do_nothing(index_elements=["subject"])
        new += len(session().scalars(rows.returning(Flag.id)).all())
    return new


def _flag(kind: str, subject: str, redemption_id: int, number: int, now: datetime) -> dict[str, Any]:
    return {"kind": kind, "subject": f"{kind}:{subject}", "redemption_id": redemption_id, "number": number, "at": now, "note": ""}


def _pairs(now: datetime) -> Iterator[dict[str, Any]]:
    wanted = select(Redemption.clerk_id, Coupon.member_id, func.count().label("number"), func.max(Redemption.id).label("latest")).join(
        Coupon, Coupon.id == Redemption.coupon_id
    ).where(Redemption.live, Redemption.at > now - WINDOW, Coupon.member_id.is_not(None)).group_by(
        Redemption.clerk_id, Coupon.member_id
    ).having(func.count() >= PAIR)  # fmt: skip
    month = clock.local_day(now).strftime("%Y-%m")
    for row in session().execute(unscoped(wanted, why="job")):
        yield _flag("pair", f"{row.clerk_id}:{row.member_id}:{month}", row.latest, row.number, now)


def _hours(now: datetime) -> Iterator[dict[str, Any]]:
    """Ask once for each quarter of an hour which of its stations were open."""
    wanted = select(Redemption.id, Redemption.station_id, Redemption.at).where(
        Redemption.reverses_id.is_(None), Redemption.at > now - LATELY, Redemption.at <= now
    )  # fmt: skip
    slots = defaultdict[int, list[tuple[int, int]]](list)
    for number, station_id, at in session().execute(wanted):
        slots[int(at.timestamp()) // SLOT].append((number, station_id))
    for slot, rows in slots.items():
        moment = datetime.fromtimestamp(slot * SLOT + SLOT // 2, tz=now.tzinfo)
        opened = open_now({station_id for _number, station_id in rows}, moment)
        for number, station_id in rows:
            if station_id not in opened:
                yield _flag("hours", str(number), number, 1, now)


def _rounds(now: datetime) -> Iterator[dict[str, Any]]:
    back = (Redemption.reverses_id.is_(None), Redemption.live.is_(False), Redemption.at > now - WINDOW)
    month = clock.local_day(now).strftime("%Y-%m")
    for column, least, name in ((Redemption.clerk_id, ROUND, "clerk"), (Redemption.coupon_id, 2, "coupon")):
        wanted = select(column, func.count(), func.max(Redemption.id)).where(*back).group_by(column).having(func.count() >= least)
        for key, number, latest in session().execute(wanted):
            yield _flag("round", f"{name}:{key}:{month}", latest, number, now)


def looked(flag: Flag, note: str, *, actor: Actor, now: datetime) -> None:
    """Keep what somebody found who looked at a pattern. Raises Conflict when another has, meanwhile."""
    waits = update(Flag).where(Flag.id == flag.id, Flag.looked_at.is_(None)).values(
        looked_at=now, looked_by=actor.account_id, note=tidy(note)[:200]
    )  # fmt: skip
    if not update_count(waits.execution_options(synchronize_session=False)):
        raise Conflict()
    session().expire(flag)
    record_audit("rewards.flag_looked", f"flag:{flag.id}", actor=actor, now=now, org_id=flag.redemption.coupon.kind.org_id)
