"""Doing a thing once: Idempotency-Keys, and receipts numbered without a gap."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.plugin import RuleBroken, session
from unionhall_rewards.redeeming import queries
from unionhall_rewards.redeeming.judging import KeyMissing
from unionhall_rewards.redeeming.models import ReceiptDay
from unionhall_stations.api import TillTurn

KEY_LENGTHS = (8, 80)
LOCK_WAIT = "4s"
_DAYS = ReceiptDay.__table__
_NEXT = {
    name: dialect.insert(_DAYS)
    .on_conflict_do_update(index_elements=["day"], set_={"last": _DAYS.c.last + 1})
    .returning(_DAYS.c.last)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
"""By database, the one statement that counts a receipt and says which it is."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the receipt; `replayed` when it was done before for the same key."""

    receipt: str
    replayed: bool = False


def answered(key: str, body: str, turn: TillTurn) -> Done | None:
    """Return what was done for the key; waits for one that is being done, not for long."""
    if not KEY_LENGTHS[0] <= len(key) <= KEY_LENGTHS[1] or not key.isascii() or not key.isprintable():
        raise KeyMissing(_("这次提交没有带上编号（Idempotency-Key，8 到 80 个字符），不能核销。请刷新这一页再试。"))
    if session().get_bind().dialect.name == "postgresql":
        session().execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
    before = queries.answered(turn.till_id, key)
    if before is None:
        return None
    if before[1] != body:
        raise RuleBroken(_("这个编号刚才办过另一笔，不能再用。请刷新这一页再试。"), code="key-reused")
    return Done(before[0], replayed=True)


def body_hash(body: list[Any]) -> str:
    """Return what is kept of a request to tell the same from another."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def next_receipt(day: date) -> str:
    """Return the next number of a receipt of a day, "HX-20260514-00017"."""
    counted = session().execute(_NEXT[session().get_bind().dialect.name], {"day": day, "last": 1})
    return f"HX-{day:%Y%m%d}-{counted.scalar_one():05d}"
