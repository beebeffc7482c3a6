"""Telling people that something happened, and what they and the site make of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.base.crypto import seal
from unionhall.base.web import safe_next
from unionhall.notices import kinds, queries
from unionhall.notices.models import Address, Habit, Notice, Preference
from unionhall.platform import bell

CHUNK, LONGEST_KEY, LONGEST_URL = 500, 100, 500


def notify(
    kind: str, account_ids: Iterable[int], values: Mapping[str, str], *, key: str, now: datetime, url: str = "", org_id: int | None = None
) -> None:
    """Tell these accounts of an event of a kind that `unionhall_notice_kinds` names, in this unit of work; never twice.

    `values` fill the placeholders of its texts, `url` (site-relative) leads to what it is about, `key` names the occurrence:
    the same kind and key reach an account once, however often this is called. The inbox has it at once; the worker sends it
    by the other channels. Accounts that are disabled are left out. Raises LookupError for an unknown kind.
    """
    known = kinds.every().get(kind)
    if known is None:
        raise LookupError(f"notice kind {kind!r} is not defined by any feature or plugin")
    kept = kinds.kept_values(known, values)
    subject, _body = queries.said(known, queries.INBOX, kinds.main_locale(), kept, queries.wordings([kind]))
    fixed = [
        literal(kind, String), literal(_short(key), String), literal(kept, JSON()), literal(subject, String),
        literal(safe_next(url, "") if len(url) <= LONGEST_URL else "", String), literal(org_id, Integer), literal(now, db.UTCDateTime()),
    ]  # fmt: skip
    names = ["account_id", "kind", "key", "values", "subject", "url", "org_id", "created_at"]
    for chunk in _chunks(account_ids):
        people = select(Account.id, *fixed).where(Account.id.in_(chunk), Account.disabled_at.is_(None))
        db.session().execute(insert(Notice).from_select(names, people).on_conflict_do_nothing())
    bell.ring_after_commit(bell.JOBS)


def _short(key: str) -> str:
    """Return a key that fits its column; a longer one ends in its own hash, so that no two become one."""
    return key if len(key) <= LONGEST_KEY else key[:LONGEST_KEY - 65] + ":" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    every = list(dict.fromkeys(ids))
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def insert(table: Any) -> Any:
    """Return an INSERT that may be told what to do with rows that are there already."""
    return (sqlite if db.engine().dialect.name == "sqlite" else postgresql).insert(table)


def mark_read(notice: Notice, *, now: datetime) -> None:
    """Note that a notice was read; the first time counts."""
    db.update_count(update(Notice).where(Notice.id == notice.id, Notice.read_at.is_(None)).values(read_at=now))
    db.session().refresh(notice)


def mark_all_read(account_id: int, *, now: datetime) -> int:
    """Note that somebody read all of their notices; returns how many were new."""
    return db.update_count(update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None)).values(read_at=now))


def choose(account_id: int, wanted: Mapping[tuple[str, str], bool], *, digest: bool, locale: str, now: datetime) -> None:
    """Store what a person wants, by (kind, channel), instead of what they chose before about these."""
    for (kind, channel), enabled in wanted.items():
        _prefer(account_id, kind, channel, enabled, now)
    for channel in {channel for _kind, channel in wanted}:
        _prefer(account_id, queries.EVERY, channel, True, now)
    row = {"account_id": account_id, "digest": digest, "locale": locale}
    changed = {"digest": digest, "locale": locale}
    db.session().execute(insert(Habit).values(**row).on_conflict_do_update(index_elements=["account_id"], set_=changed))


def unsubscribe(account_id: int, kind: str, channel: str, *, now: datetime) -> None:
    """Stop a kind ("*": every kind that can be stopped) on a channel for an account; doing it again changes nothing."""
    if kind == queries.EVERY:
        for name, known in kinds.every().items():
            if not known.safety:
                _prefer(account_id, name, channel, False, now)
    _prefer(account_id, kind, channel, False, now)


def _prefer(account_id: int, kind: str, channel: str, enabled: bool, now: datetime) -> None:
    row = {"account_id": account_id, "kind": kind, "channel": channel, "enabled": enabled, "changed_at": now}
    changed = {"enabled": enabled, "changed_at": now}
    added = insert(Preference).values(**row)
    db.session().execute(added.on_conflict_do_update(index_elements=["account_id", "kind", "channel"], set_=changed))


def note_address(account_id: int, channel: str, address: str, *, now: datetime) -> None:
    """Remember where a channel reaches an account (an official-account openid), sealed; an empty address forgets it."""
    if not address:
        db.update_count(delete(Address).where(Address.account_id == account_id, Address.channel == channel))
        return
    changed = {"sealed": seal(queries.ADDRESS, address[:200]), "updated_at": now}
    added = insert(Address).values(account_id=account_id, channel=channel, **changed)
    db.session().execute(added.on_conflict_do_update(index_elements=["account_id", "channel"], set_=changed))
