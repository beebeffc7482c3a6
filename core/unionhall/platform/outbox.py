"""The outbox: what must happen after a commit is written in it, then delivered at least once by the worker.

What fails is tried again after ten seconds, a minute, ten minutes and an hour, then parked until somebody looks at it.
Messages of one `stream` (one object) leave in their order: a later one waits until the earlier is delivered or parked.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from flask import current_app
from sqlalchemy import JSON, ColumnElement, Index, String, Text, or_, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from unionhall.base import db
from unionhall.hooks.types import Event
from unionhall.platform import bell

JOB = "system.outbox"
WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
MAX_TRIES = len(WAITS) + 1
LEASE = timedelta(minutes=2)
SKEW = timedelta(minutes=5)
BATCH = 50
TOGETHER = 500
ROUNDS = 20
DIED = "the worker ended while it delivered this"
_MAIL = re.compile(r"[^\s@<>'\"{}]+@(?=[\w.-]+)")
Handler = Callable[[dict[str, Any]], object]
Together = Callable[[list[dict[str, Any]]], object]
log = structlog.get_logger("unionhall.outbox")


class OutboxMessage(db.Model):
    """One thing to deliver; `topic` names its handler. Parked when it failed MAX_TRIES times, done at when delivered or given up."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_waiting", "done_at", "due_at"),
        Index("ix_outbox_message_stream", "stream", "id", sqlite_where=text("done_at is null"), postgresql_where=text("done_at is null")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease: Mapped[str] = mapped_column(String(36), default="")
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    stream: Mapped[str | None] = mapped_column(String(80))


class Claimed(NamedTuple):
    """A message that this worker may deliver now, for the `tries`-th time."""

    id: int
    topic: str
    payload: dict[str, Any]
    tries: int


def put(topic: str, payload: dict[str, Any], *, now: datetime, key: str | None = None, stream: str | None = None) -> None:
    """Add a message to this unit of work; it leaves only if the unit commits. A `key` that was used adds nothing."""
    if key and db.session().scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)):
        return
    db.session().add(OutboxMessage(topic=topic, payload=payload, created_at=now, due_at=now, key=key, stream=stream))
    bell.ring_after_commit(bell.JOBS)


def publish(event: Event, *, now: datetime) -> None:
    """Tell every plugin about a stored change, after the commit, through `unionhall_committed`; one object's in their order."""
    put("event", asdict(event), now=now, stream=f"{event.name.partition('.')[0][:60]}:{event.object_id}")


def handle(topic: str, handler: Handler) -> None:
    """Name the function that delivers a topic's messages; it must bear being called twice."""
    current_app.extensions.setdefault("unionhall.outbox", {})[topic] = handler


def handle_together(topic: str, handler: Together) -> None:
    """Name the function that delivers many messages of a topic at once, for what costs as much for one as for a hundred."""
    current_app.extensions.setdefault("unionhall.outbox.together", {})[topic] = handler


def deliver(now: datetime) -> int:
    """Deliver what is due, oldest first, each in its own unit of work; returns how many succeeded."""
    together = current_app.extensions.get("unionhall.outbox.together", {})
    alone = OutboxMessage.topic.not_in(list(together))
    done = 0
    for _round in range(ROUNDS):
        found = _claim(now, alone, BATCH)
        done += sum(_deliver_one(item, now) for item in found)
        if not found:
            break
    for topic, handler in together.items():
        done += _deliver_together(handler, _claim(now, OutboxMessage.topic == topic, TOGETHER), now)
    return done


def _claim(now: datetime, which: ColumnElement[bool], most: int) -> list[Claimed]:
    """Lease a batch: two workers never hold the same message; a dead worker's lease ends by itself."""
    waiting = select(OutboxMessage.id).where(undelivered(), _due(now), ~_held_up(), which).order_by(OutboxMessage.id).limit(most)
    found = db.session().scalar(waiting.limit(1))
    db.session().rollback()
    if found is None:
        return []
    lease = str(uuid.uuid4())
    with db.unit_of_work() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(waiting.scalar_subquery()), _due(now))
            .values(lease=lease, due_at=now + LEASE, tries=OutboxMessage.tries + 1)
            .execution_options(synchronize_session=False)
        )
        columns = (OutboxMessage.id, OutboxMessage.topic, OutboxMessage.payload, OutboxMessage.tries)
        rows = session.execute(select(*columns).where(OutboxMessage.lease == lease).order_by(OutboxMessage.id))
        claimed = [Claimed(*row) for row in rows]
    lost = [item for item in claimed if item.tries > MAX_TRIES]
    if lost:
        _note(lost, DIED, now)
    return [item for item in claimed if item.tries <= MAX_TRIES]


def undelivered() -> ColumnElement[bool]:
    """Return the condition of what is still to be delivered: neither done nor parked."""
    return OutboxMessage.done_at.is_(None) & OutboxMessage.parked_at.is_(None)


def _due(now: datetime) -> ColumnElement[bool]:
    """Due, or due later than it could ever have been set: then a clock that ran ahead was put back."""
    return or_(OutboxMessage.due_at <= now, OutboxMessage.due_at > now + WAITS[-1] + SKEW)


def _held_up() -> ColumnElement[bool]:
    """An earlier message of the same stream is still to be delivered."""
    earlier = aliased(OutboxMessage)
    before = (earlier.stream == OutboxMessage.stream) & (earlier.id < OutboxMessage.id)
    return select(earlier.id).where(before, earlier.done_at.is_(None), earlier.parked_at.is_(None)).exists()


def _deliver_together(handler: Together, found: list[Claimed], now: datetime) -> int:
    """Deliver them at once; when that fails, one by one, so that a single bad one does not hold up the rest."""
    if not found:
        return 0
    try:
        handler([item.payload for item in found])
    except Exception as error:
        log.exception("delivery together failed", topic=found[0].topic, messages=len(found))
        if len(found) > 1:
            return sum(_deliver_together(handler, [item], now) for item in found)
        return _note(found, _said(error), now)
    return _note(found, "", now)


def _deliver_one(item: Claimed, now: datetime) -> bool:
    failure = ""
    try:
        current_app.extensions["unionhall.outbox"][item.topic](item.payload)
    except Exception as error:
        failure = _said(error)
        log.exception("delivery failed", message=item.id, topic=item.topic)
    return bool(_note([item], failure, now))


def _note(found: list[Claimed], failure: str, now: datetime) -> int:
    """Note how it went: delivered, to be tried again later, or parked."""
    changes: dict[str, Any] = {"done_at": now, "error": ""}
    if failure:
        tries = min(found[0].tries, MAX_TRIES)
        over = tries == MAX_TRIES
        changes = {"error": failure, "tries": tries} | ({"parked_at": now} if over else {"due_at": now + WAITS[tries - 1]})
    with db.unit_of_work() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.id.in_([item.id for item in found])).values(**changes))
    return 0 if failure else len(found)


def _said(error: Exception) -> str:
    """Return what went wrong, without the names of mail boxes: it is shown to who looks after the site."""
    return _MAIL.sub("…@", f"{type(error).__name__}: {error}"[:2000])
