"""Requests that may come twice (draft-ietf-httpapi-idempotency-key-header-07): the second one gets the first one's answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from unionhall.base import db
from unionhall.base.crypto import keyed_hash, seal, unseal
from unionhall.base.errors import BadRequest, Conflict, RuleBroken
from unionhall.rest.models import Idempotency

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
PURPOSE = "rest.idempotency"
_KEY = re.compile(r'[\x21\x23-\x7e]{8,255}|"[\x20\x21\x23-\x7e]{8,255}"')


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given before."""

    status: int
    body: str


class KeyReused(RuleBroken):
    """The key stood on another request before."""

    code = "key-reused"


class KeyBusy(Conflict):
    """The first request with this key is still being worked on."""

    code = "key-busy"


def key_of(header: str, *, account_id: int, route: str) -> str:
    """Return what the database knows a key by. Raises BadRequest for one that is too short, too long or not plain."""
    if not _KEY.fullmatch(header):
        raise BadRequest(_("Idempotency-Key 要用 8 到 255 个可见的英文字符，例如一个 UUID。"), code="key-malformed")
    return keyed_hash(PURPOSE, f"{account_id}\n{route}\n{header.strip(chr(34))}")


def request_hash(*parts: bytes) -> str:
    """Return what tells one request from another."""
    return hashlib.sha256(b"\n".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def begin(key: str, *, account_id: int, route: str, request: str, now: datetime) -> Kept | None:
    """Take the key in this unit of work; return the answer that was given before, if there is one.

    Whoever comes second waits for the first one's transaction (PostgreSQL at the unique key, SQLite at the write lock).
    Raises RuleBroken when the key stood on another request, Conflict when the first one is still running.
    """
    db.session().execute(delete(Idempotency).where(Idempotency.key_hash == key, Idempotency.created_at <= now - KEPT))
    row = {"key_hash": key, "account_id": account_id, "route": route, "request_hash": request, "body_sealed": "", "created_at": now}
    try:
        with db.session().begin_nested():
            db.session().execute(insert(Idempotency).values(row))
    except db.IntegrityError:
        return _before(key, request)
    return None


def _before(key: str, request: str) -> Kept | None:
    found = db.session().scalar(select(Idempotency).where(Idempotency.key_hash == key).execution_options(populate_existing=True))
    if found is not None and found.request_hash != request:
        raise KeyReused(_("这个 Idempotency-Key 用在过另一个请求上。请为每个新请求换一个。"))
    if found is None or found.status is None:
        raise KeyBusy(_("带这个 Idempotency-Key 的请求还在处理。请稍等再问。"))
    return Kept(found.status, unseal(PURPOSE, found.body_sealed))


def finish(key: str, *, status: int, body: str) -> None:
    """Keep the answer, in the unit of work of what was done."""
    kept = update(Idempotency).where(Idempotency.key_hash == key)
    db.session().execute(kept.values(status=status, body_sealed=seal(PURPOSE, body)))


def sweep(now: datetime) -> None:
    """Remove answers older than a day (the job)."""
    with db.unit_of_work() as session:
        session.execute(delete(Idempotency).where(Idempotency.created_at <= now - KEPT))
