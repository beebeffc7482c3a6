"""The demo's ratings: three months of visits, every fifth of them rated, a few with words, one visit still to be rated."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import clock, demo_account, members_below, session, unscoped
from unionhall_stations.models import Station, StationState
from unionhall_stations.ratings.models import Rating, Shown
from unionhall_stations.tills.models import Visit

BACK, MOST = timedelta(days=80), 600
SAID = (  # not translated: demo
    (5, "水是热的，还有地方充电，送完这单正好歇一歇。", Shown.SHOWN, "欢迎常来，充电线又添了两根。"),
    (4, "微波炉好用，就是中午要排队。", Shown.SHOWN, "中午 11 点半到 12 点半人最多，已经向总工会申请加一台。"),
    (3, "药箱里的创可贴用完了。", Shown.SHOWN, "谢谢提醒，当天补上了。"),
    (5, "店员很热心，下雨还借了伞。", Shown.SHOWN, ""),
    (2, "座位被货箱占了，没处坐。", Shown.WAITING, ""),
    (4, "找的时候绕了一圈，门口的牌子要是再大一点就好了。", Shown.WAITING, ""),
)
STARS = (5, 4, 5, 5, 3, 4, 5, 4, 5, 2, 5, 4)


def load(now: datetime) -> None:
    """Rate visits of the demo as members would have."""
    since = clock.local_day(now - BACK)
    wanted = select(Visit, Station).join(Station, Station.id == Visit.station_id)
    wanted = wanted.where(Visit.member_id.is_not(None), Visit.day >= since).order_by(Visit.day, Visit.id)
    rows = session().execute(unscoped(wanted, why="demo")).all()[::5][:MOST]
    for place, (visit, station) in enumerate(rows):
        stars, comment, state, reply = STARS[place % len(STARS)], "", Shown.SILENT, ""
        if place % 12 == 7 or place >= len(rows) - 3:
            stars, comment, state, reply = SAID[place // 12 % len(SAID)] if place % 12 == 7 else SAID[4 + place % 2]
        at = clock.first_moment(visit.day) + timedelta(hours=visit.hour, minutes=30)
        handled = at + timedelta(hours=20) if state == Shown.SHOWN else None
        session().add(Rating(
            org_id=station.org_id, station_id=station.id, member_id=visit.member_id, day=visit.day, stars=stars, comment=comment,
            state=state.value, reply=reply, handled_at=handled, created_at=at, updated_at=handled or at,
        ))  # fmt: skip
    _unrated(now)
    session().flush()


def _unrated(now: datetime) -> None:
    """Have the demo's member be at a station today, so that there is a visit to rate."""
    account, today = demo_account("member"), clock.local_day(now)
    member = next((member_id for member_id, account_id in members_below("/") if account_id == account), None)
    open_ones = select(Station.id).where(Station.state == StationState.OPEN.value).order_by(Station.number).limit(1)
    station = session().scalar(unscoped(open_ones, why="demo"))
    if member is not None and station is not None:
        session().add(Visit(station_id=station, member_id=member, day=today, hour=clock.local(now).hour))
