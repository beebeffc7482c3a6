"""Tokens with which programs act for an account through the API: made, listed, taken back. Only their hash is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, or_, select, update

from unionhall.accounts.models import Account, ApiToken
from unionhall.base import db
from unionhall.base.crypto import new_token, token_hash
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.platform import audit
from unionhall.platform.access import Actor, unscoped

PREFIX = "uh_"
PERSONAL, SESSION = "personal", "session"
SESSION_LASTS = timedelta(hours=12)
KEPT = timedelta(days=30)
DAYS = (30, 90, 365)
MOST, MOST_SESSIONS, LONGEST_NAME = 20, 20, 60


def issue(
    account: Account, *, kind: str, name: str, scopes: Iterable[str], known: Iterable[str], lasts: timedelta, now: datetime
) -> tuple[ApiToken, str]:
    """Return a new token of the account and its secret, which nobody sees again. Prove the person before calling.

    `known` are the scopes that there are. Raises RuleBroken without a name, without a scope or with one that there is not,
    and when the account has too many. An account keeps its newest MOST_SESSIONS logins; older ones make room.
    """
    clean, wanted = tidy(name), list(dict.fromkeys(scopes))
    if not clean or len(clean) > LONGEST_NAME:
        raise RuleBroken(_("给令牌起个名字，%(n)s 个字以内，说清给哪个程序用。", n=LONGEST_NAME), field="name")
    check_scopes(wanted, known)
    _make_room(account, kind, now)
    secret = PREFIX + new_token()
    row = ApiToken(
        account_id=account.id, kind=kind, name=clean, scopes=wanted, token_hash=token_hash(secret), created_at=now,
        expires_at=now + lasts,
    )  # fmt: skip
    db.session().add(row)
    db.session().flush()
    audit.record(
        "accounts.token_issued", f"account:{account.id}", actor=_self(account), now=now, org_id=account.org_id, token=row.id,
        kind=kind, scopes=list(wanted),
    )  # fmt: skip
    return row, secret


def check_scopes(wanted: Iterable[str], known: Iterable[str]) -> None:
    """Raise RuleBroken unless there is at least one scope and each is known."""
    asked = set(wanted)
    if not asked or not asked <= set(known):
        raise RuleBroken(_("至少选一项授权，而且要是列出来的。"), field="scopes", code="scope-unknown" if asked else "scope-needed")


def _make_room(account: Account, kind: str, now: datetime) -> None:
    """Take back the oldest logins, or refuse one more token of one's own. Whoever makes one waits for the account's row."""
    db.session().execute(unscoped(select(Account.id).where(Account.id == account.id).with_for_update(), why="oneself"))
    live = _live(account.id, now) & (ApiToken.kind == kind)
    if kind == PERSONAL:
        if (db.session().scalar(select(func.count()).select_from(ApiToken).where(live)) or 0) >= MOST:
            raise RuleBroken(_("最多 %(n)s 个令牌。请先收回不用的。", n=MOST), field="name", code="too-many-tokens")
        return
    old = select(ApiToken.id).where(live).order_by(ApiToken.id.desc()).offset(MOST_SESSIONS - 1)
    ids = list(db.session().scalars(old))
    if ids:
        db.session().execute(update(ApiToken).where(ApiToken.id.in_(ids)).values(revoked_at=now))


def listed(account_id: int, *, now: datetime, after: int | None = None, limit: int = 100) -> list[ApiToken]:
    """Return one's own tokens that hold, newest first, from below the id `after` on."""
    statement = select(ApiToken).where(_live(account_id, now))
    if after is not None:
        statement = statement.where(ApiToken.id < after)
    return list(db.session().scalars(statement.order_by(ApiToken.id.desc()).limit(limit)))


def own(account_id: int, token_id: int, *, now: datetime) -> ApiToken:
    """Return one of one's own tokens that holds. Raises NotFound otherwise."""
    found = db.session().scalar(select(ApiToken).where(_live(account_id, now), ApiToken.id == token_id))
    if found is None:
        raise NotFound()
    return found


def rename(account: Account, token_id: int, name: str, *, now: datetime) -> ApiToken:
    """Change what one of one's own tokens is called. Raises NotFound, RuleBroken."""
    row, clean = own(account.id, token_id, now=now), tidy(name)
    if not clean or len(clean) > LONGEST_NAME:
        raise RuleBroken(_("给令牌起个名字，%(n)s 个字以内，说清给哪个程序用。", n=LONGEST_NAME), field="name")
    row.name = clean
    audit.record(
        "accounts.token_renamed", f"account:{account.id}", actor=_self(account), now=now, org_id=account.org_id, token=token_id
    )
    db.session().flush()
    return row


def revoke(account: Account, token_id: int, *, now: datetime) -> None:
    """Take one of one's own tokens back; it is dead at once, everywhere. Raises NotFound when it is none, or dead already."""
    taken = update(ApiToken).where(_live(account.id, now), ApiToken.id == token_id).values(revoked_at=now)
    if db.update_count(taken) != 1:
        raise NotFound()
    audit.record(
        "accounts.token_revoked", f"account:{account.id}", actor=_self(account), now=now, org_id=account.org_id, token=token_id
    )


def sweep(now: datetime) -> None:
    """Forget tokens that ended a month ago."""
    db.session().execute(delete(ApiToken).where(or_(ApiToken.expires_at < now - KEPT, ApiToken.revoked_at < now - KEPT)))


def _live(account_id: int, now: datetime) -> ColumnElement[bool]:
    return (ApiToken.account_id == account_id) & ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > now)


def _self(account: Account) -> Actor:
    return Actor(account.id, account.name, account.login)
