"""Logging in and out, one's own password and profile, one-time links."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.accounts import letters, passwords, phone_codes, second_factor, sessions, throttle, tokens
from unionhall.accounts.models import Account, LoginSession, OneTimeToken
from unionhall.accounts.phones import folded, is_mobile, mobile_hash, open_mobile
from unionhall.base import db
from unionhall.base.crypto import new_token, token_hash
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import fold, tidy
from unionhall.platform import audit
from unionhall.platform.access import READER, SYSTEM, Actor, unscoped
from unionhall.settings.queries import site_settings

INVITE, RESET = "invite", "reset"
INVITE_LASTS, RESET_LASTS = timedelta(hours=72), timedelta(minutes=30)


def by_login(login: str) -> Account | None:
    """Return the account with this login name, mail address or mobile number (full-width and case folded)."""
    key, number = fold(login), folded(login)
    found = db.session().scalar(unscoped(select(Account).where(Account.login_key == key), why="login"))
    if found is None and "@" in key:
        matches = db.session().scalars(unscoped(select(Account).where(Account.email == key), why="login")).all()
        found = matches[0] if len(matches) == 1 else None
    if found is None and is_mobile(number):
        found = db.session().scalar(unscoped(select(Account).where(Account.phone_hash == mobile_hash(number)), why="login"))
    return found


def by_id(account_id: int) -> Account | None:
    """Return the account that half of a login named."""
    return db.session().scalar(unscoped(select(Account).where(Account.id == account_id), why="login"))


def stamp(account: Account) -> str:
    """Return what changes with the password and the second factor: half a login does not outlive either."""
    return f"{account.password_at} {account.totp_confirmed_at}"


def check_password(login: str, password: str, *, source: str, now: datetime) -> Account | None:
    """Return the account when login and password are right and it may log in; None says nothing about why.

    Raises TooMany per account, per source address and for the whole site (ASVS 6.3.1). Body, status and timing are
    the same for known and unknown accounts (ASVS 6.3.8). The tries are stored before the slow part, which holds no lock.
    """
    throttle.spend("login:source", throttle.source(source), throttle.LOGIN_SOURCE, now=now)
    throttle.spend("login:site", "", throttle.LOGIN_SITE, now=now)
    throttle.spend("login:account", fold(login), throttle.LOGIN_ACCOUNT, now=now)
    with db.resting():
        account = by_login(login)
        right = passwords.matches(account.password_hash if account else "", password)
        newer = passwords.hash_password(password) if account and right and passwords.needs_rehash(account.password_hash) else ""
    if account is None or not right or not account.enabled:
        audit.record("accounts.login_failed", f"account:{account.id if account else 0}", actor=READER, now=now)
        return None
    throttle.clear("login:account", fold(login))
    if newer:
        account.password_hash = newer
    return account


def check_second_factor(account: Account, code: str, *, now: datetime) -> bool:
    """Say whether the second factor is right. Raises TooMany through a door of its own."""
    throttle.spend("login:second", str(account.id), throttle.LOGIN_ACCOUNT, now=now)
    if account.enabled and second_factor.verify(account, code, now=now):
        throttle.clear("login:second", str(account.id))
        return True
    audit.record("accounts.second_factor_failed", f"account:{account.id}", actor=READER, now=now)
    return False


def log_in(account: Account, *, strong: bool, now: datetime) -> LoginSession:
    """Start a session after the checks above."""
    row = sessions.begin(account, strong=strong, now=now)
    audit.record("accounts.login", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id, strong=strong)
    return row


def log_out(account: Account, session_id: int, *, now: datetime) -> None:
    """End the session in use, on the server."""
    sessions.end(session_id, account.id, now=now)
    audit.record("accounts.logout", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)


def end_sessions(account: Account, *, session_id: int | None = None, keep: int | None = None, now: datetime) -> int:
    """End one of one's own sessions, or all but the one in use; returns how many."""
    if session_id is not None:
        count = int(sessions.end(session_id, account.id, now=now))
    else:
        count = sessions.end_all(account.id, now=now, but=keep)
    if count:
        audit.record("accounts.sessions_ended", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)
    return count


def change_password(account: Account, old: str, new: str, *, session: LoginSession, now: datetime) -> None:
    """Change one's own password after proving the old one; other sessions end. Raises RuleBroken, TooMany."""
    prove(account, old, field="old", now=now)
    put_password(account, new, now=now)
    sessions.end_all(account.id, now=now, but=session.id)
    sessions.renew(session)


def change_profile(account: Account, *, name: str, email: str, password: str, now: datetime) -> None:
    """Change one's own name and mail address. Raises RuleBroken: a new address asks for the password (ASVS 7.5.1)."""
    address = fold(email)
    if address != account.email:
        prove(account, password, field="password", now=now)
        letters.address_changed(account, now=now)
        void_links(account, now=now)
    account.name, account.email = tidy(name), address
    audit.record("accounts.changed", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)


def bind_factor(account: Account, sealed: str, code: str, *, session: LoginSession, now: datetime) -> list[str]:
    """Bind one's own app; returns the recovery codes. The session gets a new token. Raises RuleBroken."""
    proposed = second_factor.proposal(account, sealed, now=now)
    codes = second_factor.confirm(account, proposed, code, actor=actor_self(account), now=now)
    sessions.renew(session, strong=True)
    return codes


def unbind_factor(account: Account, password: str, code: str, *, session: LoginSession, now: datetime) -> None:
    """Unbind one's own app. Raises RuleBroken unless password and code are right, TooMany."""
    prove(account, password, field="password", now=now)
    if not check_second_factor(account, code, now=now):
        db.keep()
        raise RuleBroken(_("口令不对、已过期或用过了。"), field="code")
    second_factor.remove(account, actor=actor_self(account), now=now)
    letters.factor_removed(account, now=now)
    sessions.renew(session, strong=False)


def prove(account: Account, password: str, *, field: str, now: datetime) -> None:
    """Raise RuleBroken unless this is the account's password. Call it before writing: a wrong try stays counted.

    Raises TooMany through the same door as logging in.
    """
    throttle.spend("login:account", account.login_key, throttle.LOGIN_ACCOUNT, now=now)
    with db.resting():
        right = passwords.matches(account.password_hash, password)
    if not right:
        audit.record("accounts.login_failed", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)
        db.keep()
        raise RuleBroken(_("现在的密码不对。忘了的话，可以退出后用“忘记密码”重设。"), field=field)
    throttle.clear("login:account", account.login_key)


def start_reset(login: str, *, source: str, now: datetime) -> None:
    """Mail a reset link, if there is such an account with a mail address; the caller learns nothing. Raises TooMany."""
    throttle.spend("reset:source", throttle.source(source), throttle.RESET, now=now)
    throttle.spend("reset:account", fold(login), throttle.RESET, now=now)
    account = by_login(login)
    if account is None or not account.email or not account.enabled:
        return
    letters.reset(account, f"/reset/{hand_out(account, RESET, RESET_LASTS, now=now)}", now=now)
    audit.record("accounts.reset_asked", f"account:{account.id}", actor=READER, now=now, org_id=account.org_id)


def hand_out(account: Account, purpose: str, lasts: timedelta, *, now: datetime) -> str:
    """Return a new single-use token for an account; earlier ones of the same purpose are void."""
    void_links(account, purpose, now=now)
    token = new_token()
    db.session().add(
        OneTimeToken(
            account_id=account.id, purpose=purpose, token_hash=token_hash(token), created_at=now, expires_at=now + lasts
        )
    )
    return token


def void_links(account: Account, *purposes: str, now: datetime) -> None:
    """Make every link void that this account was sent and has not used (of these purposes, if any are named)."""
    waiting = (OneTimeToken.account_id == account.id) & OneTimeToken.used_at.is_(None)
    waiting &= OneTimeToken.purpose.in_(purposes or (INVITE, RESET))
    db.session().execute(update(OneTimeToken).where(waiting).values(used_at=now))


def holder(token: str, *, now: datetime) -> tuple[Account, str]:
    """Return whose token this is and what for. Raises NotFound when it is used, stale or was never given."""
    row = db.session().scalar(
        select(OneTimeToken).where(
            OneTimeToken.token_hash == token_hash(token), OneTimeToken.purpose.in_([INVITE, RESET]),
            OneTimeToken.used_at.is_(None), OneTimeToken.expires_at > now,
        )
    )
    account = by_id(row.account_id) if row else None
    if row is None or account is None or not account.enabled:
        raise NotFound()
    return account, row.purpose


def finish_with_token(token: str, password: str, *, now: datetime) -> Account:
    """Set the password with an invitation or reset link, once; every session ends. Raises NotFound, RuleBroken.

    The password is judged before the token is spent: a weak one leaves the link usable.
    """
    account, _purpose = holder(token, now=now)
    passwords.check_new(password, known=_known_words(account))
    spent = update(OneTimeToken).where(OneTimeToken.token_hash == token_hash(token), OneTimeToken.used_at.is_(None))
    if db.update_count(spent.values(used_at=now)) != 1:
        raise NotFound()
    put_password(account, password, now=now)
    sessions.end_all(account.id, now=now)
    throttle.clear("login:account", account.login_key)
    return account


def sweep(now: datetime) -> None:
    """Remove throttle windows, sessions and links that are over (the job)."""
    with db.unit_of_work() as session:
        throttle.sweep(now)
        sessions.sweep(now)
        phone_codes.sweep(now)
        tokens.sweep(now)
        over = (OneTimeToken.expires_at < now - sessions.KEPT) | (OneTimeToken.used_at < now - sessions.KEPT)
        session.execute(delete(OneTimeToken).where(over))


def put_password(account: Account, password: str, *, now: datetime) -> None:
    """Set a password after the checks of whoever calls. Raises RuleBroken for a weak one."""
    passwords.check_new(password, known=_known_words(account))
    account.password_hash, account.password_at = passwords.hash_password(password), now
    void_links(account, now=now)
    letters.password_changed(account, now=now)
    audit.record("accounts.password_changed", f"account:{account.id}", actor=actor_self(account), now=now, org_id=account.org_id)


def _known_words(account: Account) -> tuple[str, ...]:
    """Return what anybody knows of an account: a password made of it is no secret (ASVS 6.2.11)."""
    site = site_settings()
    return (
        account.login, account.name, account.email.partition("@")[0], account.org.name, account.org.short_name, site.site_name,
        site.organiser, open_mobile(account.phone_sealed),
    )


def actor_self(account: Account) -> Actor:
    """Return somebody as who acts on their own account; their rights play no part in it."""
    return Actor(account.id, account.name, account.login) if account.id else SYSTEM
