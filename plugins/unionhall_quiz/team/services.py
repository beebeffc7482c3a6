"""How a member wishes to be named where others read."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.plugin import RuleBroken, purge_pages, session
from unionhall_quiz.team import pages
from unionhall_quiz.team.models import Naming, NamingChoice


def choose_naming(member_id: int, choice: str, *, now: datetime) -> None:
    """Keep how a member wishes to be named; it holds on every page at once. Raises RuleBroken for what cannot be chosen."""
    if choice not in set(Naming):
        raise RuleBroken(_("请选一种：不写全名、写全名，或者不上榜。"), field="choice")
    make = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    row = make(NamingChoice).values(member_id=member_id, choice=choice, chosen_at=now)
    session().execute(row.on_conflict_do_update(index_elements=["member_id"], set_={"choice": choice, "chosen_at": now}))
    session().expire_all()
    purge_pages(pages.NAMES)
