"""Deciding, for each new notice, which channels carry it, when, and why not; once for each notice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from unionhall.base import db
from unionhall.hooks.people import NoticeKind
from unionhall.notices import hours, kinds, queries
from unionhall.notices.models import Delivery, DeliveryState, Notice
from unionhall.notices.queries import Reached
from unionhall.notices.services import insert

CHUNK = 500
DIGESTED = "mail"


def plan(now: datetime) -> int:
    """Plan up to 500 new notices in a unit of work of its own; returns how many there were.

    Two workers that plan the same notice write its deliveries once: they are unique by notice and channel.
    """
    new = select(Notice.id, Notice.account_id, Notice.kind).where(Notice.planned_at.is_(None)).order_by(Notice.id).limit(CHUNK)
    waiting = db.session().execute(new.limit(1)).first()
    db.session().rollback()
    if waiting is None:
        return 0
    with db.unit_of_work() as session:
        notices = session.execute(new).all()
        rows = _rows([tuple(row) for row in notices], now)
        if rows:
            session.execute(insert(Delivery).on_conflict_do_nothing(), rows)
        ids = [row.id for row in notices]
        session.execute(update(Notice).where(Notice.id.in_(ids)).values(planned_at=now).execution_options(synchronize_session=False))
    return len(notices)


def _rows(notices: list[tuple[Any, ...]], now: datetime) -> list[dict[str, Any]]:
    known, usable, chosen = kinds.every(), queries.usable(), queries.routes()
    people = queries.reached(account for _id, account, _kind in notices)
    rows = []
    for notice_id, account_id, name in notices:
        kind = known.get(name)
        for channel in usable if kind else ():
            if kind and queries.carries(kind, channel, chosen):
                plain = {"notice_id": notice_id, "account_id": account_id, "kind": name, "channel": channel, "created_at": now}
                rows.append(plain | decided(people[account_id], kind, channel, now))
    return rows


def decided(person: Reached, kind: NoticeKind, channel: str, now: datetime) -> dict[str, Any]:
    """Return the state, the reason, the moment and the masked address of one delivery."""
    address = person.addresses.get(channel, "")
    row: dict[str, Any] = {
        "state": DeliveryState.WAITING, "reason": "", "due_at": now, "digest_day": None, "safety": kind.safety, "done_at": None,
        "address": queries.masked(channel, address),
    }  # fmt: skip
    if why_not := refused(person, kind, channel):
        return row | {"state": DeliveryState.SKIPPED, "reason": why_not, "done_at": now}
    if kind.safety:
        return row
    if person.digest and channel == DIGESTED:
        moment, day = hours.next_digest(now)
        return row | {"reason": "digest", "due_at": moment, "digest_day": day}
    return row | {"reason": "quiet", "due_at": hours.quiet_ends(now)} if hours.is_quiet(now) else row


def refused(person: Reached, kind: NoticeKind, channel: str) -> str:
    """Return why a person gets nothing of a kind by a channel: "account", "unsubscribed", "address"; "" when they do."""
    if not person.enabled:
        return "account"
    if not kind.safety and not person.wants(kind.name, channel):
        return "unsubscribed"
    address = person.addresses.get(channel, "")
    return "" if address and address.isprintable() else "address"
