"""Logging in and out, passwords, invitations."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.accounts import passwords, second_factor, sessions, throttle
from unionhall.accounts.models import Account, LoginSession, OneTimeToken
from unionhall.base import db
from unionhall.base.crypto import new_token, token_hash
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import fold, tidy
from unionhall.host.assets import absolute
from unionhall.platform import audit, mail
from unionhall.platform.access import READER, SYSTEM, Actor, unscoped

INVITE, RESET = "invite", "reset"
INVITE_LASTS, RESET_LASTS = timedelta(hours=72), timedelta(minutes=30)


def by_login(login: str) -> Account | None:
    """Return the account with this login name or mail address (full-width and case folded)."""
    key = fold(login)
    found = db.session().scalar(unscoped(select(Account).where(Account.login_key == key), why="login"))
    if found is None and "@" in key:
        matches = db.session().scalars(unscoped(select(Account).where(Account.email == key), why="login")).all()
        found = matches[0] if len(matches) == 1 else None
    return found


def check_password(login: str, password: str, *, source: str, now: datetime) -> Account | None:
    """Return the account when login and password are right and it may log in; None says nothing about why.

    Raises TooMany per account, per source address and for the whole site (ASVS 6.3.1). Body, status and timing are
    the same for known and unknown accounts (ASVS 6.3.8).
    """
    throttle.spend("login:source", source, throttle.LOGIN_SOURCE, now=now)
    throttle.spend("login:site", "", throttle.LOGIN_SITE, now=now)
    throttle.spend("login:account", fold(login), throttle.LOGIN_ACCOUNT, now=now)
    account = by_login(login)
    right = passwords.matches(account.password_hash if account else "", password)
    if account is None or not right or not account.enabled:
        audit.record("accounts.login_failed", f"account:{account.id if account else 0}", actor=READER, now=now)
        return None
    throttle.clear("login:account", fold(login))
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    return account


def check_second_factor(account: Account, code: str, *, now: datetime) -> bool:
    """Say whether the second factor is right. Raises TooMany through the same door as passwords."""
    throttle.spend("login:second", str(account.id), throttle.LOGIN_ACCOUNT, now=now)
    if account.enabled and second_factor.verify(account, code, now=now):
        throttle.clear("login:second", str(account.id))
        return True
    audit.record("accounts.second_factor_failed", f"account:{account.id}", actor=READER, now=now)
    return False


def log_in(account: Account, *, strong: bool, now: datetime) -> LoginSession:
    """Start a session after the checks above."""
    row = sessions.begin(account, strong=strong, now=now)
    audit.record("accounts.login", f"account:{account.id}", actor=_self(account), now=now, org_id=account.org_id, strong=strong)
    return row


def log_out(account: Account, session_id: int, *, now: datetime) -> None:
    """End the session in use, on the server."""
    sessions.end(session_id, account.id, now=now)
    audit.record("accounts.logout", f"account:{account.id}", actor=_self(account), now=now, org_id=account.org_id)


def change_password(account: Account, old: str, new: str, *, keep_session: int, now: datetime) -> None:
    """Change one's own password after proving the old one; other sessions end. Raises RuleBroken, TooMany."""
    _prove(account, old, field="old", now=now)
    _set_password(account, new, now=now, actor=_self(account))
    sessions.end_all(account.id, now=now, but=keep_session)


def change_profile(account: Account, *, name: str, email: str, password: str, now: datetime) -> None:
    """Change one's own name and mail address. Raises RuleBroken: a new address asks for the password (ASVS 7.5.1)."""
    address = fold(tidy(email))
    if address != account.email:
        _prove(account, password, field="password", now=now)
    account.name, account.email = tidy(name), address
    audit.record("accounts.changed", f"account:{account.id}", actor=_self(account), now=now, org_id=account.org_id)


def remove_own_factor(account: Account, password: str, code: str, *, now: datetime) -> None:
    """Unbind one's own app. Raises RuleBroken unless password and code are right."""
    _prove(account, password, field="password", now=now)
    if not check_second_factor(account, code, now=now):
        raise RuleBroken(_("口令不对、已过期或用过了。"), field="code")
    second_factor.remove(account, actor=_self(account), now=now)


def start_reset(login: str, *, source: str, now: datetime) -> None:
    """Mail a reset link, if there is such an account with a mail address; the caller learns nothing."""
    throttle.spend("reset:source", source, throttle.RESET, now=now)
    account = by_login(login)
    if account is None or not account.email or not account.enabled:
        return
    link = absolute(f"/reset/{hand_out(account, RESET, RESET_LASTS, now=now)}")
    subject = _("重设职工之家的密码")
    body = _(
        "%(name)s：\n\n有人为你的账号申请重设密码。如果是你本人，请在 30 分钟内打开下面的地址：\n\n%(link)s\n\n"
        "如果不是你，不用理会这封信，密码不会改变。",
        name=account.name, link=link,
    )
    mail.send(account.email, subject, body, now=now)
    audit.record("accounts.reset_asked", f"account:{account.id}", actor=READER, now=now, org_id=account.org_id)


def hand_out(account: Account, purpose: str, lasts: timedelta, *, now: datetime) -> str:
    """Return a new single-use token for an account; earlier ones of the same purpose are void."""
    earlier = (OneTimeToken.account_id == account.id) & (OneTimeToken.purpose == purpose) & OneTimeToken.used_at.is_(None)
    db.session().execute(update(OneTimeToken).where(earlier).values(used_at=now))
    token = new_token()
    db.session().add(
        OneTimeToken(
            account_id=account.id, purpose=purpose, token_hash=token_hash(token), created_at=now, expires_at=now + lasts
        )
    )
    return token


def holder(token: str, *, now: datetime) -> tuple[Account, str]:
    """Return whose token this is and what for. Raises NotFound when it is used, stale or was never given."""
    row = db.session().scalar(
        select(OneTimeToken).where(
            OneTimeToken.token_hash == token_hash(token), OneTimeToken.purpose.in_([INVITE, RESET]),
            OneTimeToken.used_at.is_(None), OneTimeToken.expires_at > now,
        )
    )
    account = row and db.session().scalar(unscoped(select(Account).where(Account.id == row.account_id), why="login"))
    if row is None or not account or not account.enabled:
        raise NotFound()
    return account, row.purpose


def finish_with_token(token: str, password: str, *, now: datetime) -> Account:
    """Set the password with an invitation or reset link, once; every session ends. Raises NotFound, RuleBroken."""
    account, _purpose = holder(token, now=now)
    passwords.check_new(password, login=account.login, name=account.name)
    spent = update(OneTimeToken).where(OneTimeToken.token_hash == token_hash(token), OneTimeToken.used_at.is_(None))
    if db.update_count(spent.values(used_at=now)) != 1:
        raise NotFound()
    _set_password(account, password, now=now, actor=_self(account))
    sessions.end_all(account.id, now=now)
    return account


def sweep(now: datetime) -> None:
    """Remove throttle windows that are over (the job)."""
    with db.unit_of_work():
        throttle.sweep(now)


def _prove(account: Account, password: str, *, field: str, now: datetime) -> None:
    throttle.spend("login:account", account.login_key, throttle.LOGIN_ACCOUNT, now=now)
    if not passwords.matches(account.password_hash, password):
        raise RuleBroken(_("现在的密码不对。忘了的话，可以退出后用“忘记密码”重设。"), field=field)


def _set_password(account: Account, password: str, *, now: datetime, actor: Actor) -> None:
    passwords.check_new(password, login=account.login, name=account.name)
    account.password_hash, account.password_at = passwords.hash_password(password), now
    audit.record("accounts.password_changed", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def _self(account: Account) -> Actor:
    return Actor(account.id, account.name, account.login) if account.id else SYSTEM
