"""Personal data of this part: where somebody serves as a clerk, where they were; rows of merged orgs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from unionhall.plugin import Kept, Person, PersonalData, clock, session, unscoped
from unionhall_stations.models import Clerk, Station, Store, Turn
from unionhall_stations.tills.models import Visit

GONE = _l("（已删除）")


def export(person: Person) -> Mapping[str, Any]:
    """Return where somebody serves or served as a clerk, and their visits of the last year."""
    if person.member_id is None:
        return {}
    served = select(Clerk).where(Clerk.member_id == person.member_id).order_by(Clerk.id)
    been = select(Visit.day, Visit.hour, Station.name).join(Station, Station.id == Visit.station_id)
    mine = been.where(Visit.member_id == person.member_id).order_by(Visit.day, Visit.id)
    return {
        "clerk": [
            {"store": row.store.name, "name": row.name, "manager": row.manager, "left_on": row.left_on.isoformat() if row.left_on else None}
            for row in session().scalars(unscoped(served, why="oneself"))
        ],
        "visits": [
            {"station": row.name, "day": row.day.isoformat(), "hour": row.hour} for row in session().execute(unscoped(mine, why="oneself"))
        ],
    }


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget who visited, and who a clerk is: no name, no PIN, no turn any more. What was redeemed at the till stays, without a name."""
    if person.member_id is None:
        return []
    quiet = {"synchronize_session": False}
    session().execute(update(Visit).where(Visit.member_id == person.member_id).values(member_id=None).execution_options(**quiet))
    ids = list(session().scalars(select(Clerk.id).where(Clerk.member_id == person.member_id)))
    session().execute(update(Turn).where(Turn.clerk_id.in_(ids), Turn.ended_at.is_(None)).values(ended_at=now).execution_options(**quiet))
    staying = update(Clerk).where(Clerk.id.in_(ids), Clerk.left_on.is_(None)).values(left_on=clock.local_day(now))
    session().execute(staying.execution_options(**quiet))
    blank = {"name": str(GONE), "member_id": None, "pin_hash": "", "pin_until": None, "updated_at": now}
    session().execute(update(Clerk).where(Clerk.id.in_(ids)).values(**blank).execution_options(**quiet))
    session().expire_all()
    return [Kept(_l("收银台的交接记录，不含姓名"), _l("核销和结算要能对账"))] if ids else []


def hand_over(source_id: int, target_id: int) -> None:
    """Give the stores of an org to the one that it is merged into."""
    session().execute(update(Store).where(Store.org_id == source_id).values(org_id=target_id).execution_options(synchronize_session=False))
    session().expire_all()


PERSONAL = PersonalData("stations.tills", _l("驿站：歇脚记录、店员"), export, erase)
