"""Reads: an inbox, what was chosen, how to reach people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask import g, has_request_context
from flask_babel import get_locale
from sqlalchemy import func, select

from unionhall.accounts.models import Account
from unionhall.accounts.phones import mask, open_mobile
from unionhall.base import db
from unionhall.base.crypto import config, unseal
from unionhall.base.errors import NotFound
from unionhall.hooks.people import Channel, NoticeKind
from unionhall.notices import kinds
from unionhall.notices.models import Address, Habit, Notice, Preference, Route, Wording
from unionhall.orgs.models import Org
from unionhall.platform import access, channels

INBOX, EVERY, PAGE = "inbox", "*", 20
ADDRESS = "notices.address"
Texts = dict[tuple[str, str, str], Wording]


@dataclass(frozen=True)
class Entry:
    """A notice as its inbox shows it."""

    id: int
    subject: str
    body: str
    url: str
    label: str
    org: str
    at: datetime
    read: bool


@dataclass
class Reached:
    """An account: what it chose, and how it is reached; addresses in full, to be used by who sends."""

    id: int
    enabled: bool
    addresses: dict[str, str]
    digest: bool = False
    locale: str = ""
    chosen: dict[tuple[str, str], bool] = field(default_factory=dict)

    def wants(self, kind: str, channel: str) -> bool:
        """Say whether the person did not switch this off."""
        return self.chosen.get((kind, channel), self.chosen.get((EVERY, channel), True))


def unread(account_id: int) -> int:
    """Return how many notices an account has not read, asked for once in a request."""
    kept: dict[int, int] = g.setdefault("unread_notices", {}) if has_request_context() else {}
    if account_id not in kept:
        statement = select(func.count()).select_from(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
        kept[account_id] = db.session().scalar(statement) or 0
    return kept[account_id]


def inbox(account_id: int, *, only_unread: bool = False, page: int = 1, size: int = PAGE) -> tuple[list[Entry], int]:
    """Return a page of an account's notices, newest first, in the reader's language, and how many there are."""
    mine = [Notice.account_id == account_id, *([Notice.read_at.is_(None)] if only_unread else [])]
    total = db.session().scalar(select(func.count()).select_from(Notice).where(*mine)) or 0
    rows = select(Notice).where(*mine).order_by(Notice.id.desc()).limit(size).offset((page - 1) * size)
    return _entries(db.session().scalars(rows)), total


def older(account_id: int, before: int | None, limit: int, *, only_unread: bool = False) -> list[Entry]:
    """Return up to `limit` notices of an account, newest first, from below the id `before` on."""
    mine = [Notice.account_id == account_id, *([Notice.read_at.is_(None)] if only_unread else [])]
    rows = select(Notice).where(*mine, *([Notice.id < before] if before is not None else [])).order_by(Notice.id.desc()).limit(limit)
    return _entries(db.session().scalars(rows))


def one(notice_id: int, account_id: int) -> Notice:
    """Return an account's own notice. Raises NotFound for anybody else's."""
    found = db.session().scalar(select(Notice).where(Notice.id == notice_id, Notice.account_id == account_id))
    if found is None:
        raise NotFound()
    return found


def entry(notice: Notice) -> Entry:
    """Return a notice as its page shows it."""
    return _entries([notice])[0]


def _entries(found: Iterable[Notice]) -> list[Entry]:
    notices, known, locale = list(found), kinds.every(), str(get_locale() or kinds.main_locale())
    texts = wordings({notice.kind for notice in notices})
    wanted = {notice.org_id for notice in notices if notice.org_id}
    orgs = {row.id: row.short_name for row in db.session().execute(select(Org.id, Org.short_name).where(Org.id.in_(wanted)))}
    entries = []
    for notice in notices:
        kind = known.get(notice.kind)
        subject, body = said(kind, INBOX, locale, notice.values, texts) if kind else (notice.subject, "")
        org = orgs.get(notice.org_id or 0, "")
        label = str(kind.label) if kind else ""
        entries.append(Entry(notice.id, subject, body, notice.url, label, org, notice.created_at, notice.read_at is not None))
    return entries


def wordings(names: Iterable[str]) -> Texts:
    """Return the site's own texts of these kinds, by (kind, channel, locale)."""
    rows = db.session().scalars(select(Wording).where(Wording.kind.in_(sorted(names))))
    return {(row.kind, row.channel, row.locale): row for row in rows}


def said(kind: NoticeKind, channel: str, locale: str, values: dict[str, str], texts: Texts) -> tuple[str, str]:
    """Return (subject, body) of a kind on a channel in a language, filled in."""
    own = texts.get((kind.name, channel, locale))
    subject, body = (own.subject, own.body) if own else kinds.default_text(kind, locale)
    return kinds.filled(subject, body, values)


def usable() -> dict[str, Channel]:
    """Return the channels that the site's settings suffice for."""
    return {name: channel for name, channel in channels.every().items() if channel.ready()}


def routes() -> dict[tuple[str, str], bool]:
    """Return what the site chose, by (kind, channel)."""
    return {(row.kind, row.channel): row.enabled for row in db.session().scalars(select(Route))}


def carries(kind: NoticeKind, channel: str, chosen: dict[tuple[str, str], bool]) -> bool:
    """Say whether a channel carries a kind on this site."""
    return chosen.get((kind.name, channel), channel in kind.channels)


def reached(ids: Iterable[int]) -> dict[int, Reached]:
    """Return how these accounts are reached, by id; four queries however many they are (at most 1,000)."""
    wanted, session = sorted(set(ids)), db.session()
    columns = (Account.id, Account.email, Account.phone_sealed, Account.disabled_at)
    rows = session.execute(access.unscoped(select(*columns).where(Account.id.in_(wanted)), why="notices"))
    found = {row.id: Reached(row.id, row.disabled_at is None, {"mail": row.email, "sms": _opened(row.phone_sealed)}) for row in rows}
    for row in session.scalars(select(Address).where(Address.account_id.in_(wanted))):
        found[row.account_id].addresses[row.channel] = unseal(ADDRESS, row.sealed)
    for choice in session.scalars(select(Preference).where(Preference.account_id.in_(wanted))):
        found[choice.account_id].chosen[choice.kind, choice.channel] = choice.enabled
    for habit in session.scalars(select(Habit).where(Habit.account_id.in_(wanted))):
        found[habit.account_id].digest = habit.digest
        found[habit.account_id].locale = habit.locale if habit.locale in config().languages else ""
    return found


def _opened(sealed: str) -> str:
    try:
        return open_mobile(sealed)
    except ValueError:  # sealed with a key that this site does not have: as good as none
        return ""


def masked(channel: str, address: str) -> str:
    """Return an address as the log shows it: 138****2617, l***@example.cn, oAb****xyz."""
    if channel == "sms":
        return mask(address)
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"[:120]
    return f"{address[:3]}****{address[-3:]}" if len(address) > 8 else "****" * bool(address)
