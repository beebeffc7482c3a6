"""The audit trail: append-only, chained by hash (UHA1), written in the transaction of what it records.

h_n = SHA-256("UHA1\\n" + uint64_be(n) + h_(n-1) + SHA-256(canonical_json(event))), h_0 = 32 zero bytes. An event
holds ids and codes only, never a person's data, so that erasing somebody leaves the chain whole.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import BigInteger, CheckConstraint, String, Text, event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from unionhall.base import db
from unionhall.hooks.types import Actor

ZERO = bytes(32)
Value = str | int | bool | None | list[Any]


class AuditEntry(db.Model):
    """One line of the chain; triggers forbid UPDATE and DELETE."""

    __tablename__ = "audit_entry"
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(80), index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    org_id: Mapped[int | None] = mapped_column(index=True)
    obj: Mapped[str] = mapped_column(String(120), index=True)
    event: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(db.Model):
    """The chain's end: one row, locked while a line is added, so that numbers have no gap."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


def record(
    act: str, obj: str, *, actor: Actor, now: datetime, org_id: int | None = None, **data: Value
) -> None:
    """Note an act on an object ("article:12"); written when the unit of work commits, or not at all."""
    entry: dict[str, Value] = {"act": act, "at": _stamp(now), "by": actor.account_id, "obj": obj}
    if org_id is not None:
        entry["org"] = org_id
    if has_request_context() and g.get("request_id"):
        entry["req"] = g.request_id
    if data:
        entry |= {f"x_{name}": value for name, value in data.items() if value is not None}
    db.session().info.setdefault("audit", []).append((now, entry))


def chain_hash(n: int, previous: bytes, canonical: str) -> bytes:
    """Return h_n for the n-th event (security.md 3.4)."""
    inner = hashlib.sha256(canonical.encode()).digest()
    return hashlib.sha256(b"UHA1\n" + struct.pack(">Q", n) + previous + inner).digest()


def canonical_json(entry: Mapping[str, Value]) -> str:
    """Return the one spelling of an event: sorted keys, no spaces, UTF-8."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the end of a savepoint is not the end of the unit of work
    pending = session.info.pop("audit", None)
    if not pending:
        return
    session.flush()
    head = session.execute(select(AuditHead).with_for_update()).scalar_one()
    n, last = head.n, bytes.fromhex(head.hash)
    for moment, entry in pending:
        n, canonical = n + 1, canonical_json(entry)
        last = chain_hash(n, last, canonical)
        session.execute(
            insert(AuditEntry).values(
                n=n, at=moment, act=entry["act"], actor_id=entry["by"], org_id=entry.get("org"),
                obj=entry["obj"], event=canonical, hash=last.hex(),
            )
        )
    session.execute(update(AuditHead).values(n=n, hash=last.hex()))


def _forget(session: Session) -> None:
    session.info.pop("audit", None)


event.listen(Session, "before_commit", _write)
event.listen(Session, "after_rollback", _forget)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain found: how many lines hold, and the first bad one, if any, with why."""

    checked: int
    head: str
    bad: int | None = None
    reason: str = ""


def verify(expect: tuple[int, str] | None = None) -> Verdict:
    """Recompute the chain. `expect` is a head published earlier, (n, hash): a cut tail shows against it."""
    last, count = ZERO, 0
    with closing(_lines()) as lines:
        for n, canonical, stored in lines:
            if n != count + 1:
                return Verdict(count, last.hex(), count + 1, "missing")
            last = chain_hash(n, last, canonical)
            if last.hex() != stored:
                return Verdict(count, last.hex(), n, "altered")
            if expect and expect[0] == n and expect[1] != stored:
                return Verdict(count, stored, n, "rewritten")
            count = n
    head = db.session().execute(select(AuditHead.n, AuditHead.hash)).one()
    if (head.n, head.hash) != (count, last.hex()):
        return Verdict(count, last.hex(), count + 1, "cut")
    if expect and expect[0] > count:
        return Verdict(count, last.hex(), count + 1, "cut")
    return Verdict(count, last.hex())


def _lines() -> Generator[tuple[int, str, str], None, None]:
    wanted = select(AuditEntry.n, AuditEntry.event, AuditEntry.hash).order_by(AuditEntry.n)
    with db.session().execute(wanted.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield row.n, row.event, row.hash
