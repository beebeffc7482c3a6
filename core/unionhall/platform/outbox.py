"""The outbox: what must happen after a commit is written in it, then delivered at least once by the worker."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import JSON, ColumnElement, Index, String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db
from unionhall.hooks.types import Event

MAX_TRIES = 5
LEASE = timedelta(minutes=2)
SKEW = timedelta(minutes=5)
BATCH = 50
TOGETHER = 500
Handler = Callable[[dict[str, Any]], object]
Together = Callable[[list[dict[str, Any]]], object]
Claimed = tuple[int, str, dict[str, Any]]
log = structlog.get_logger("unionhall.outbox")


class OutboxMessage(db.Model):
    """One thing to deliver; `topic` names its handler. Parked (tries = MAX_TRIES) when it keeps failing."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_waiting", "done_at", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease: Mapped[str] = mapped_column(String(36), default="")
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)


def put(topic: str, payload: dict[str, Any], *, now: datetime, key: str | None = None) -> None:
    """Add a message to this unit of work; it leaves only if the unit commits. A `key` that was used adds nothing."""
    if key and db.session().scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)):
        return
    db.session().add(OutboxMessage(topic=topic, payload=payload, created_at=now, due_at=now, key=key))


def publish(event: Event, *, now: datetime) -> None:
    """Tell every plugin about a stored change, after the commit, through `unionhall_committed`."""
    put("event", asdict(event), now=now)


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
    done = sum(_deliver_one(message_id, topic, payload, now) for message_id, topic, payload in _claim(now, alone, BATCH))
    for topic, handler in together.items():
        done += _deliver_together(handler, _claim(now, OutboxMessage.topic == topic, TOGETHER), now)
    return done


def _claim(now: datetime, which: ColumnElement[bool], most: int) -> list[Claimed]:
    """Lease a batch: two workers never hold the same message; a dead worker's lease ends by itself."""
    waiting = (
        select(OutboxMessage.id)
        .where(OutboxMessage.done_at.is_(None), _due(now), OutboxMessage.tries < MAX_TRIES, which)
        .order_by(OutboxMessage.id)
        .limit(most)
    )
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
        rows = session.execute(
            select(OutboxMessage.id, OutboxMessage.topic, OutboxMessage.payload)
            .where(OutboxMessage.lease == lease)
            .order_by(OutboxMessage.id)
        )
        return [(row.id, row.topic, row.payload) for row in rows]


def parked() -> dict[str, int]:
    """Return {topic: messages} of those that are not tried any more."""
    waiting = select(OutboxMessage.topic, func.count()).where(OutboxMessage.done_at.is_(None), OutboxMessage.tries >= MAX_TRIES)
    rows = db.session().execute(waiting.group_by(OutboxMessage.topic).order_by(OutboxMessage.topic))
    return {topic: number for topic, number in rows}  # noqa: C416 - typed


def retry_parked(now: datetime) -> int:
    """Let parked messages be tried again from now on; returns how many."""
    stuck = update(OutboxMessage).where(OutboxMessage.done_at.is_(None), OutboxMessage.tries >= MAX_TRIES)
    return db.update_count(stuck.values(tries=0, due_at=now))


def oldest_waiting(topic: str) -> datetime | None:
    """Return when the oldest message of a topic that is still to be delivered was written."""
    return db.session().scalar(
        select(func.min(OutboxMessage.created_at)).where(OutboxMessage.done_at.is_(None), OutboxMessage.topic == topic)
    )


def _due(now: datetime) -> ColumnElement[bool]:
    """Due, or leased for longer than a lease lasts: then a clock that ran ahead was put back."""
    return or_(OutboxMessage.due_at <= now, OutboxMessage.due_at > now + LEASE + SKEW)


def _deliver_together(handler: Together, found: list[Claimed], now: datetime) -> int:
    """Deliver them at once; when that fails, one by one, so that a single bad one does not hold up the rest."""
    if not found:
        return 0
    try:
        handler([payload for _id, _topic, payload in found])
    except Exception as error:
        log.exception("delivery together failed", topic=found[0][1], messages=len(found))
        if len(found) > 1:
            return sum(_deliver_together(handler, [item], now) for item in found)
        return _note(found, f"{type(error).__name__}: {error}"[:2000], now)
    return _note(found, "", now)


def _note(found: list[Claimed], failure: str, now: datetime) -> int:
    with db.unit_of_work() as session:
        changes: dict[str, Any] = {"error": failure} if failure else {"done_at": now, "error": ""}
        session.execute(update(OutboxMessage).where(OutboxMessage.id.in_([item[0] for item in found])).values(**changes))
    return 0 if failure else len(found)


def _deliver_one(message_id: int, topic: str, payload: dict[str, Any], now: datetime) -> bool:
    failure = ""
    try:
        current_app.extensions["unionhall.outbox"][topic](payload)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"[:2000]
        log.exception("delivery failed", message=message_id, topic=topic)
    return bool(_note([(message_id, topic, payload)], failure, now))
