"""Login sessions: a random token in a cookie, its hash in the database. The one module that knows the cookie."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, g, request
from flask import session as browser_session
from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from unionhall.accounts.models import Account, AccountGrant, LoginSession
from unionhall.base import clock, db
from unionhall.base.crypto import config, new_token, token_hash
from unionhall.base.web import client_address, never_cache
from unionhall.hooks.types import READER, Actor, Grant
from unionhall.platform.access import rights, unscoped

TOUCH = timedelta(minutes=1)


def cookie_name() -> str:
    """Return the session cookie's name; `__Host-` binds it to this host and to TLS."""
    return "__Host-uh_login" if config().secure_cookies else "uh_login"


def begin(account: Account, *, strong: bool, now: datetime) -> LoginSession:
    """Start a session for somebody who proved who they are; a new token, never one the browser brought."""
    token = new_token()
    row = LoginSession(
        account_id=account.id, token_hash=token_hash(token), started_at=now, seen_at=now, strong=strong,
        expires_at=now + timedelta(hours=config().session_hours),
        address=client_address()[:60], agent=(request.user_agent.string or "")[:200],
    )
    db.session().add(row)
    db.session().flush()
    browser_session.clear()
    g.new_login_token = token
    return row


def end(session_id: int, account_id: int, *, now: datetime) -> bool:
    """End one session of an account; False when it was over already."""
    live = (LoginSession.id == session_id) & (LoginSession.account_id == account_id) & LoginSession.ended_at.is_(None)
    return db.update_count(update(LoginSession).where(live).values(ended_at=now)) == 1


def end_all(account_id: int, *, now: datetime, but: int | None = None) -> int:
    """End every session of an account, but perhaps the one in use; returns how many."""
    live = (LoginSession.account_id == account_id) & LoginSession.ended_at.is_(None) & (LoginSession.id != (but or 0))
    return db.update_count(update(LoginSession).where(live).values(ended_at=now))


def open_sessions(account_id: int, *, now: datetime) -> list[LoginSession]:
    """Return the sessions that still hold, newest first."""
    statement = select(LoginSession).where(
        LoginSession.account_id == account_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now
    )
    return list(db.session().scalars(statement.order_by(LoginSession.id.desc())))


def recognise() -> None:
    """Before each request: find out who asks. Status, grants and idle time are judged anew every time."""
    token = request.cookies.get(cookie_name())
    g.actor = READER
    if not token or request.path.startswith(("/static/", "/media/", "/healthz")):
        return
    never_cache()
    now = clock.now()
    row = _live(token, now)
    if row is None:
        return
    account = db.session().scalar(
        unscoped(select(Account).where(Account.id == row.account_id), why="login").options(joinedload(Account.grants))
    )
    if account is None or not account.enabled:
        return
    g.account, g.login_session, g.actor = account, row, actor_of(account, now)
    if now - row.seen_at > TOUCH:
        _touch(row.id, now)


def actor_of(account: Account, now: datetime) -> Actor:
    """Return the actor an account is at this moment: its grants in force and what their roles bring."""
    grants = tuple(_as_grant(item) for item in account.grants if item.in_force(now))
    return Actor(account.id, account.name, account.login, grants)


def _as_grant(item: AccountGrant) -> Grant:
    return Grant(item.role, item.org_id, item.org.path, rights().of_role(item.role))


def _live(token: str, now: datetime) -> LoginSession | None:
    idle = now - timedelta(minutes=config().staff_idle_minutes)
    return db.session().scalar(
        select(LoginSession).where(
            LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now, or_(LoginSession.seen_at > idle, LoginSession.started_at > idle),
        )
    )


def _touch(session_id: int, now: datetime) -> None:
    """Note that the session is in use; in the request's own unit when it writes, else in a short one aside."""
    change = update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now)
    if g.get("writing"):
        db.session().execute(change.execution_options(synchronize_session=False))
    else:
        db.write_aside(change)


def set_cookie(response: Response) -> Response:
    """After each request: hand out a new session's cookie, or take an ended one's back."""
    if token := g.pop("new_login_token", None):
        response.set_cookie(
            cookie_name(), token, max_age=config().session_hours * 3600, path="/",
            secure=config().secure_cookies, httponly=True, samesite="Lax",
        )
    elif g.pop("drop_login_cookie", False):
        response.delete_cookie(cookie_name(), path="/", secure=config().secure_cookies, httponly=True, samesite="Lax")
    return response
