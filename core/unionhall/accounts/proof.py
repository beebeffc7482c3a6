"""Proving once more that it is oneself, before what cannot be undone: by password, or by a code to the account's number."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from unionhall.accounts import phone_codes, services
from unionhall.accounts.models import Account, LoginSession
from unionhall.accounts.phones import mobile_hash, open_mobile
from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.platform import audit

PURPOSE = "proof"
HOLDS = timedelta(minutes=10)


def holds(session: LoginSession, *, now: datetime) -> bool:
    """Say whether the person at this session proved who they are within the last ten minutes (ASVS 7.5.1)."""
    return session.proved_at is not None and timedelta(0) <= now - session.proved_at <= HOLDS


def require(session: LoginSession, *, now: datetime) -> None:
    """Raise RuleBroken unless it holds; every service that needs it asks, whatever the page did."""
    if not holds(session, now=now):
        raise RuleBroken(_("请先确认是你本人，再做这一步。"), code="proof-needed")


def by_password(account: Account, session: LoginSession, password: str, *, now: datetime) -> None:
    """Note that the password was right. Raises RuleBroken, TooMany."""
    services.prove(account, password, field="password", now=now)
    _note(account, session, "password", now)


def ask_code(account: Account, *, source: str, now: datetime) -> str:
    """Send a code to the account's own number; returns the ticket. Raises RuleBroken without a number, TooMany, Unavailable."""
    mobile = open_mobile(account.phone_sealed)
    if not mobile:
        raise RuleBroken(_("这个账号没有登记手机号，请用密码确认。"))
    phone_codes.can_send()
    phone_codes.spend(mobile, source, now=now)
    return phone_codes.begin(PURPOSE, mobile, {"account": account.id}, real=True, now=now)


def by_code(account: Account, session: LoginSession, ticket: str, code: str, *, source: str, now: datetime) -> None:
    """Note that the code was right. Raises RuleBroken, TooMany."""
    proved = phone_codes.check(PURPOSE, ticket, code, source=source, now=now)
    if proved.wish["account"] != account.id or account.phone_hash != mobile_hash(proved.mobile):
        db.keep()
        raise RuleBroken(_("这个验证码不是给这个账号的。请重新获取。"), field="code")
    _note(account, session, "code", now)


def _note(account: Account, session: LoginSession, how: str, now: datetime) -> None:
    session.proved_at = now
    db.session().flush()
    actor = services.actor_self(account)
    audit.record("accounts.proved", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id, how=how)
