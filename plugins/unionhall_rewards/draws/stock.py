"""Taking from stock and counting wins, each by one statement that either holds the limit or does nothing."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.plugin import session, update_count
from unionhall_rewards.draws.models import Prize, PrizeDay, WinCount

AFTER = {"synchronize_session": False}
_TABLE: Any = Prize.__table__
_PRIZE = _TABLE.c
_TAKE = update(_TABLE).where(_PRIZE.id == bindparam("prize"), _PRIZE.left > 0).values(left=_PRIZE.left - 1)


def insert_into(table: Any) -> Any:
    """Return an INSERT of the session's own database, which knows what to do on a conflict."""
    return _insert(table, session().get_bind().dialect.name)


def _insert(table: Any, dialect: str) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def insert_once(table: Any, dialect: str) -> Any:
    """Return the INSERT that leaves a row out when it is there already, and gives the id of one that it wrote; built once."""
    return _insert(table, dialect).on_conflict_do_nothing().returning(table.c.id)


@cache
def _counting(table: Any, column: str, dialect: str) -> Any:
    """Return the INSERT or UPDATE that counts one more of a key, and does nothing once `most` are reached; built once."""
    number = table.c[column]
    row = _insert(table, dialect).on_conflict_do_update(
        index_elements=list(table.primary_key), set_={column: number + 1}, where=number < bindparam("most")
    )
    return row.returning(number)


def take(prize_id: int, per_day: int | None, day: date) -> bool:
    """Take one of a prize; False, and nothing changes, when it is gone or gone for the day."""
    if per_day is not None and not _counted(PrizeDay.__table__, {"prize_id": prize_id, "day": day}, "given", per_day):
        return False
    if update_count(_TAKE, {"prize": prize_id}):
        return True
    if per_day is not None:
        undone = update(PrizeDay).where(PrizeDay.prize_id == prize_id, PrizeDay.day == day).values(given=PrizeDay.given - 1)
        session().execute(undone.execution_options(**AFTER))
    return False


def count_win(scope: str, member_id: int, most: int) -> bool:
    """Count one more win within a scope; False, and nothing changes, when there are `most` already."""
    return _counted(WinCount.__table__, {"scope": scope, "member_id": member_id}, "number", most)


def uncount_win(scope: str, member_id: int) -> None:
    """Take back a win that came to nothing."""
    held = update(WinCount).where(WinCount.scope == scope, WinCount.member_id == member_id)
    session().execute(held.values(number=WinCount.number - 1).execution_options(**AFTER))


def _counted(table: Any, key: dict[str, Any], column: str, most: int) -> bool:
    if most < 1:
        return False
    counted = _counting(table, column, session().get_bind().dialect.name)
    return session().scalar(counted, {**key, column: 1, "most": most}) is not None
