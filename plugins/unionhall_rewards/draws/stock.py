"""Taking from stock and counting wins, each by one statement that either holds the limit or does nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.plugin import session, update_count
from unionhall_rewards.draws.models import Prize, PrizeDay, WinCount

AFTER = {"synchronize_session": False}


def insert_into(table: Any) -> Any:
    """Return an INSERT of the session's own database, which knows what to do on a conflict."""
    kind = session().get_bind().dialect.name
    return postgresql.insert(table) if kind == "postgresql" else sqlite.insert(table)


def take(prize_id: int, per_day: int | None, day: date) -> bool:
    """Take one of a prize; False, and nothing changes, when it is gone or gone for the day."""
    if per_day is not None and not _counted(PrizeDay, {"prize_id": prize_id, "day": day}, PrizeDay.given, per_day):
        return False
    left = update(Prize).where(Prize.id == prize_id, Prize.left > 0).values(left=Prize.left - 1)
    if update_count(left.execution_options(**AFTER)):
        return True
    if per_day is not None:
        undone = update(PrizeDay).where(PrizeDay.prize_id == prize_id, PrizeDay.day == day).values(given=PrizeDay.given - 1)
        session().execute(undone.execution_options(**AFTER))
    return False


def count_win(scope: str, member_id: int, most: int) -> bool:
    """Count one more win within a scope; False, and nothing changes, when there are `most` already."""
    return _counted(WinCount, {"scope": scope, "member_id": member_id}, WinCount.number, most)


def uncount_win(scope: str, member_id: int) -> None:
    """Take back a win that came to nothing."""
    held = update(WinCount).where(WinCount.scope == scope, WinCount.member_id == member_id)
    session().execute(held.values(number=WinCount.number - 1).execution_options(**AFTER))


def _counted(table: Any, key: dict[str, Any], column: Any, most: int) -> bool:
    if most < 1:
        return False
    row = insert_into(table.__table__).values(**key, **{column.key: 1})
    counted = row.on_conflict_do_update(index_elements=list(key), set_={column.key: column + 1}, where=column < most)
    return session().scalar(counted.returning(column)) is not None
