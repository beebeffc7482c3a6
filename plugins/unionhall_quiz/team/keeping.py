"""What playing together holds about a person: a place among a month's stars, and how they wish to be named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from unionhall.plugin import Kept, Person, PersonalData, purge_pages, session
from unionhall_quiz.play import queries as play
from unionhall_quiz.team import labels, pages, queries
from unionhall_quiz.team.models import NamingChoice, Star, TeamLine

QUIET = {"synchronize_session": False}


def export(person: Person) -> Mapping[str, Any]:
    """Return a person's stars, and how they are named."""
    if person.member_id is None:
        return {}
    rows = list(session().scalars(select(Star).where(Star.member_id == person.member_id).order_by(Star.month, Star.round_id)))
    choice = session().get(NamingChoice, person.member_id)
    if not rows and choice is None:
        return {}
    titles = play.by_ids({row.round_id for row in rows})
    told = [
        {_("名称"): titles[row.round_id].title, _("月份"): row.month, _("名次"): row.place, _("答题天数"): row.days, _("答对"): row.right}
        for row in rows if row.round_id in titles
    ]  # fmt: skip
    return {_("月度之星"): told, _("榜上的写法"): str(labels.NAMINGS[queries.naming(person.member_id)][0])}


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Take the person off every list."""
    if person.member_id is None:
        return []
    for table in (Star, NamingChoice):
        session().execute(delete(table).where(table.member_id == person.member_id).execution_options(**QUIET))
    session().expire_all()
    purge_pages(pages.NAMES)
    return []


def hand_over(source_id: int, target_id: int) -> None:
    """Forget the lines of an org that is merged away; the next count has its people where they are."""
    session().execute(delete(TeamLine).where(TeamLine.org_id == source_id).execution_options(**QUIET))
    session().execute(update(Star).where(Star.org_id == source_id).values(org_id=target_id).execution_options(**QUIET))
    session().expire_all()


PERSONAL = PersonalData("quiz.stars", _l("每日一答：月度之星和榜上的写法"), export, erase)
