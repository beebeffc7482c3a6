"""Handing deliveries to their channels: at least once, never by two workers at the same time.

A worker leases what is due by a conditional UPDATE, hands each to its channel outside of any transaction, and notes the
outcome. One that is killed in between leaves the lease to end; the next then hands the same key to the channel again
(mail: the same Message-ID; the SMS gateway and the official account: the same key), so that a provider can tell.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, or_, select, update

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Message
from unionhall.notices import hours, kinds, letters, planning, queries
from unionhall.notices.models import Delivery, DeliveryState, Notice
from unionhall.platform import channels, jobs

LEASE, SKEW, BATCH = timedelta(minutes=10), timedelta(minutes=5), 20
WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
MAX_TRIES = len(WAITS) + 1
MOST_IN_DIGEST = 900
OPEN = (DeliveryState.WAITING, DeliveryState.FAILED)
FIRST = (Delivery.digest_day, Delivery.safety, Delivery.due_at, Delivery.id)  # as the index has them: nothing is sorted
_MAIL, _NUMBER = re.compile(r"[^\s@<>'\"{}]+@(?=[\w.-]+)"), re.compile(r"\d{7,}")
log = structlog.get_logger("unionhall.notices")


def work(_now: datetime) -> None:
    """Plan what is new and send what is due until nothing is left, or the worker is to stop; the job's function."""
    busy = True
    while busy and not jobs.asked_to_stop():
        now = clock.now()
        busy = planning.plan(now) > 0
        busy = send_batch(now) > 0 or busy
        busy = send_digest(now) > 0 or busy


def send_batch(now: datetime) -> int:
    """Send up to twenty that are due, those for safety first, at quiet hours only those; returns how many were taken up."""
    ready = _due(now) & Delivery.digest_day.is_(None)
    claimed = _claim(ready & Delivery.safety.is_(True), now, BATCH)
    if not claimed and not hours.is_quiet(now):
        claimed = _claim(ready & Delivery.safety.is_(False), now, BATCH)
    if claimed:
        letters_of = _written(claimed, now)
        for delivery in claimed:
            if delivery.id in letters_of:
                _hand_over([delivery], letters_of[delivery.id], f"notice:{delivery.id}", now)
    return len(claimed)


def send_digest(now: datetime) -> int:
    """Send one person's daily mail, when one is due and it is not quiet; returns how many notices are in it."""
    if hours.is_quiet(now):
        return 0
    ready = _due(now) & Delivery.digest_day.is_not(None)
    account = db.session().scalar(select(Delivery.account_id).where(ready).order_by(*FIRST).limit(1))
    db.session().rollback()
    if account is None:
        return 0
    claimed = _claim(ready & (Delivery.account_id == account), now, MOST_IN_DIGEST)
    written = _written(claimed, now, alone=False)
    kept = [delivery for delivery in claimed if delivery.id in written]
    if kept:
        day = max(delivery.digest_day for delivery in kept if delivery.digest_day)
        message = letters.digest(account, [written[delivery.id] for delivery in kept])
        _hand_over(kept, message, f"digest:{account}:{day}", now)
    return len(claimed)


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now, Delivery.leased_until > now + LEASE + SKEW)
    return Delivery.state.in_(OPEN) & (Delivery.due_at <= now) & free


def _claim(ready: ColumnElement[bool], now: datetime, most: int) -> list[Delivery]:
    """Lease what is ready; what fell into a dead worker's hands too often is parked."""
    waiting = select(Delivery.id).where(ready).order_by(*FIRST).limit(most)
    found = db.session().scalar(waiting.limit(1))
    db.session().rollback()
    if found is None:
        return []
    lease = str(uuid.uuid4())
    taken = {"lease": lease, "leased_until": now + LEASE, "tries": Delivery.tries + 1}
    statement = update(Delivery).where(Delivery.id.in_(waiting.scalar_subquery()), ready).values(**taken)
    with db.unit_of_work() as session:
        session.execute(statement.execution_options(synchronize_session=False))
        rows = list(session.scalars(select(Delivery).where(Delivery.lease == lease).order_by(Delivery.id)))
        session.flush()
        for row in rows:
            session.expunge(row)
    died = [row for row in rows if row.tries > MAX_TRIES]
    _note(died, {"state": DeliveryState.PARKED, "reason": "died", "done_at": now})
    return [row for row in rows if row.tries <= MAX_TRIES]


def _written(claimed: Sequence[Delivery], now: datetime, *, alone: bool = True) -> dict[int, Message]:
    """Return the message of each delivery; those that nobody wants or knows any more are noted and left out."""
    known = kinds.every()
    people = queries.reached(delivery.account_id for delivery in claimed)
    notices = {row.id: row for row in db.session().scalars(select(Notice).where(Notice.id.in_([item.notice_id for item in claimed])))}
    texts = queries.wordings({delivery.kind for delivery in claimed})
    found: dict[int, Message] = {}
    for delivery in claimed:
        kind, person = known.get(delivery.kind), people[delivery.account_id]
        if kind is None or not channels.ready(delivery.channel):
            _note([delivery], {"state": DeliveryState.PARKED, "reason": "gone", "done_at": now})
        elif why_not := planning.refused(person, kind, delivery.channel):
            _note([delivery], {"state": DeliveryState.SKIPPED, "reason": why_not, "done_at": now})
        else:
            found[delivery.id] = letters.message(notices[delivery.notice_id], kind, person, delivery.channel, texts, alone=alone)
    db.session().rollback()
    return found


def _hand_over(group: Sequence[Delivery], message: Message, key: str, now: datetime) -> None:
    """Give one message to its channel, outside of any transaction, and note what came of it for all that it carries."""
    tries = max(delivery.tries for delivery in group)
    try:
        provider = channels.every()[group[0].channel].send(message, key)
    except RuleBroken as error:
        outcome: dict[str, Any] = {"state": DeliveryState.PARKED, "reason": "refused", "done_at": now, "error": harmless(error)}
    except Exception as error:
        log.warning("notice not sent", delivery=group[0].id, channel=group[0].channel, error=type(error).__name__)
        outcome = {"state": DeliveryState.FAILED, "reason": "error", "error": harmless(error)}
        if tries >= MAX_TRIES:
            outcome |= {"state": DeliveryState.PARKED, "done_at": now}
        else:
            outcome["due_at"] = now + WAITS[tries - 1]
    else:
        outcome = {"state": DeliveryState.SENT, "reason": "", "done_at": now, "error": "", "provider_id": str(provider)[:120]}
    _note(group, outcome)


def _note(group: Sequence[Delivery], outcome: dict[str, Any]) -> None:
    """Note an outcome on what this worker still holds; a lease that passed to another is the other's to note."""
    if not group:
        return
    held = Delivery.id.in_([delivery.id for delivery in group]) & (Delivery.lease == group[0].lease)
    with db.unit_of_work():
        db.update_count(update(Delivery).where(held).values(lease="", leased_until=None, **outcome))


def harmless(error: Exception) -> str:
    """Return what went wrong without mail boxes and long numbers: the log is read by who runs the site."""
    return _NUMBER.sub("…", _MAIL.sub("…@", f"{type(error).__name__}: {error}"))[:300]
