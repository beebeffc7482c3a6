"""What activities hold about a person beside their sign-ups: that they come every week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from unionhall.plugin import Kept, Person, PersonalData, session, unscoped
from unionhall_chapters.activities.models import Day, Series, Weekly


def export(person: Person) -> Mapping[str, Any]:
    """Return the activities to which somebody comes, or came, every week."""
    if person.member_id is None:
        return {}
    mine = select(Weekly).where(Weekly.member_id == person.member_id).order_by(Weekly.id)
    rows = session().scalars(unscoped(mine, why="oneself"))
    return {"weekly": [_told(item) for item in rows]}


def _told(item: Weekly) -> dict[str, Any]:
    stopped = item.stopped_at.isoformat() if item.stopped_at else None
    return {"activity": item.series.title, "since": item.since.isoformat(), "stopped": stopped}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget it all; nothing has to stay."""
    if person.member_id is not None:
        session().execute(delete(Weekly).where(Weekly.member_id == person.member_id))
    return []


def hand_over(source_id: int, target_id: int) -> None:
    """Give the activities of an org to the one that it is merged into."""
    for table in (Series, Day, Weekly):
        session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id))
    session().expire_all()


PERSONAL = PersonalData("chapters.activities", _l("协会活动：每周都来"), export, erase)
