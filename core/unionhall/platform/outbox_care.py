"""Looking after the outbox: what waits and since when, what is parked, trying again, giving up, clearing away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, or_, select, update

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.platform import bell
from unionhall.platform.outbox import DIED, OutboxMessage, undelivered

KEPT_FOR = timedelta(days=14)
KEYS_KEPT_FOR = timedelta(days=365)
AT_ONCE = 2000
LARGEST_ID = 2**31 - 1
COLUMNS = ("id", "topic", "created_at", "due_at", "tries", "done_at", "parked_at", "error")


@dataclass(frozen=True, slots=True)
class Line:
    """A message as people see it: never what is in it, which may be somebody's mail."""

    id: int
    topic: str
    created_at: datetime
    due_at: datetime
    tries: int
    done_at: datetime | None
    parked_at: datetime | None
    error: str

    @property
    def trouble(self) -> str:
        """Return what went wrong, for people."""
        return _("投递它的进程中途结束了，没有说为什么。") if self.error == DIED else self.error

    @property
    def given_up(self) -> bool:
        """True when somebody decided that it need not be delivered."""
        return self.done_at is not None and self.parked_at is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands: what waits, since when, how much of it has failed before, how much is parked."""

    waiting: int
    oldest: datetime | None
    failing: int
    parked: int


def standing() -> Standing:
    """Return how the outbox stands now."""
    failed = func.count(OutboxMessage.id).filter(OutboxMessage.error != "")
    counted = select(func.count(OutboxMessage.id), func.min(OutboxMessage.created_at), failed).where(undelivered())
    waiting, oldest, failing = db.session().execute(counted).one()
    return Standing(waiting, oldest, failing, parked_count())


def parked_count() -> int:
    """Return how many messages are parked."""
    return db.session().scalar(select(func.count(OutboxMessage.id)).where(_parked())) or 0


def parked_topics() -> dict[str, int]:
    """Return {topic: messages} of what is parked."""
    rows = select(OutboxMessage.topic, func.count(OutboxMessage.id)).where(_parked()).group_by(OutboxMessage.topic)
    return {row[0]: row[1] for row in db.session().execute(rows.order_by(OutboxMessage.topic))}


def oldest_waiting(topic: str) -> datetime | None:
    """Return when the oldest message of a topic that is still to be delivered was written."""
    return db.session().scalar(select(func.min(OutboxMessage.created_at)).where(undelivered(), OutboxMessage.topic == topic))


def parked(limit: int) -> list[Line]:
    """Return parked messages, the newest first."""
    return _lines(_parked(), OutboxMessage.id.desc(), limit)


def failing(limit: int) -> list[Line]:
    """Return messages that failed and will be tried again, the next first."""
    return _lines(undelivered() & (OutboxMessage.error != ""), OutboxMessage.due_at, limit)


def delivered(limit: int) -> list[Line]:
    """Return what was delivered or given up lately, the newest first."""
    return _lines(OutboxMessage.done_at.is_not(None), OutboxMessage.done_at.desc(), limit)


def parked_one(message_id: int) -> Line:
    """Return a parked message. Raises NotFound for one that is not, or not any more."""
    found = _lines(_parked() & (OutboxMessage.id == min(message_id, LARGEST_ID)), OutboxMessage.id, 1)
    if not found:
        raise NotFound()
    return found[0]


def retry(ids: Iterable[int] | None, *, now: datetime) -> int:
    """Give parked messages, these or all, five new tries; returns how many. What is not parked stays as it is."""
    chosen = _parked() if ids is None else _parked() & OutboxMessage.id.in_([item for item in ids if item <= LARGEST_ID])
    again = update(OutboxMessage).where(chosen).values(parked_at=None, tries=0, due_at=now)
    counted = db.update_count(again.execution_options(synchronize_session=False))
    bell.ring_after_commit(bell.JOBS)
    return counted


def give_up(message_id: int, *, now: datetime) -> None:
    """Close a parked message undelivered and forget what was in it. Raises NotFound when it is not parked any more."""
    chosen = update(OutboxMessage).where(_parked(), OutboxMessage.id == min(message_id, LARGEST_ID))
    if not db.update_count(chosen.values(done_at=now, payload={}).execution_options(synchronize_session=False)):
        raise NotFound()


def forget_old(now: datetime) -> int:
    """Remove what was delivered or given up two weeks ago, a stretch at a time; keys a year later, so that they stay used."""
    old = OutboxMessage.done_at < now - KEPT_FOR
    unkeyed = or_(OutboxMessage.key.is_(None), OutboxMessage.done_at < now - KEYS_KEPT_FOR)
    some = select(OutboxMessage.id).where(old, unkeyed).order_by(OutboxMessage.id).limit(AT_ONCE).scalar_subquery()
    removed, last = 0, AT_ONCE
    while last == AT_ONCE:
        with db.unit_of_work():
            last = db.update_count(delete(OutboxMessage).where(OutboxMessage.id.in_(some)).execution_options(synchronize_session=False))
            removed += last
    with db.unit_of_work() as session:
        keyed = update(OutboxMessage).where(old, OutboxMessage.key.is_not(None), OutboxMessage.lease != "")
        session.execute(keyed.values(payload={}, lease="").execution_options(synchronize_session=False))
    return removed


def _parked() -> ColumnElement[bool]:
    return OutboxMessage.done_at.is_(None) & OutboxMessage.parked_at.is_not(None)


def _lines(where: ColumnElement[bool], order: Any, limit: int) -> list[Line]:
    columns = [getattr(OutboxMessage, name) for name in COLUMNS]
    return [Line(*row) for row in db.session().execute(select(*columns).where(where).order_by(order).limit(limit))]
