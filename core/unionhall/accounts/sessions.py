"""Login sessions: a random token in a cookie, its hash in the database. The one module that knows the cookie."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, flash, g, has_request_context, request
from flask import session as browser_session
from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import joinedload, lazyload

from unionhall.accounts.models import Account, AccountGrant, ApiToken, LoginSession, OneTimeToken
from unionhall.accounts.second_factor import RECOVERY
from unionhall.base import clock, db
from unionhall.base.crypto import config, new_token, token_hash
from unionhall.base.text import tidy
from unionhall.base.web import SAFE_METHODS, client_address, never_cache
from unionhall.hooks.types import READER, Actor, Grant
from unionhall.orgs.models import Org
from unionhall.platform.access import rights, unscoped

TOUCH = timedelta(minutes=1)
KEPT = timedelta(days=30)
MANY_PEOPLE = "unionhall.terminal"  # set by the door of terminals, where people stand one after the other
MANY_PEOPLE_LASTS, MANY_PEOPLE_IDLE = timedelta(minutes=10), timedelta(minutes=3)
HINT_COOKIE = "uh_in"  # tells our script, and nobody else, that asking for the corner is worth it
OPEN_PATHS = ("/static/", "/media/", "/healthz", "/readyz")
_ASKER = unscoped(
    select(LoginSession, Account).join(Account, Account.id == LoginSession.account_id).where(LoginSession.token_hash == bindparam("token")),
    why="login",
).options(lazyload(Account.org), joinedload(Account.grants).joinedload(AccountGrant.org).load_only(Org.path))
"""Built once, for every request of somebody logged in asks it: the session, its account, the grants and where they hold."""


def cookie_name() -> str:
    """Return the session cookie's name; `__Host-` binds it to this host and to TLS."""
    return "__Host-uh_login" if config().secure_cookies else "uh_login"


def begin(account: Account, *, strong: bool, now: datetime) -> LoginSession:
    """Start a session for somebody who proved who they are; a new token, never one the browser brought.

    The session that this browser had until now ends.
    """
    token, earlier = new_token(), g.get("login_session")
    if earlier is not None:
        end(earlier.id, earlier.account_id, now=now)
    row = LoginSession(
        account_id=account.id, token_hash=token_hash(token), started_at=now, seen_at=now, strong=strong,
        expires_at=now + _lasts(),
        address=client_address()[:60], agent=tidy(request.user_agent.string or "")[:200],
    )
    db.session().add(row)
    db.session().flush()
    browser_session.clear()
    g.new_login_token = token
    return row


def _lasts() -> timedelta:
    return MANY_PEOPLE_LASTS if is_on_terminal() else timedelta(hours=config().session_hours)


def is_on_terminal() -> bool:
    """Say whether this request comes from a browser that many people use one after the other."""
    return MANY_PEOPLE in request.environ


def renew(row: LoginSession, *, strong: bool | None = None) -> None:
    """Give the session in use a new token, as at every change of what it proves (ASVS 7.2.4); the old one is dead."""
    token = new_token()
    row.token_hash = token_hash(token)
    if strong is not None:
        row.strong = strong
    db.session().flush()
    g.new_login_token = token


def end(session_id: int, account_id: int, *, now: datetime) -> bool:
    """End one session of an account; False when it was over already."""
    live = (LoginSession.id == session_id) & (LoginSession.account_id == account_id) & LoginSession.ended_at.is_(None)
    return db.update_count(update(LoginSession).where(live).values(ended_at=now)) == 1


def end_aside(session_id: int, *, now: datetime) -> None:
    """End the session in use from a request that only reads, such as a page that refreshes itself."""
    db.write_aside(update(LoginSession).where(LoginSession.id == session_id, LoginSession.ended_at.is_(None)).values(ended_at=now))


def end_all(account_id: int, *, now: datetime, but: int | None = None) -> int:
    """End every session of an account, but perhaps the one in use; returns how many.

    Programs that logged in for it are out as well; when no session is left in use, so are the tokens that it made itself.
    """
    tokens = (ApiToken.account_id == account_id) & ApiToken.revoked_at.is_(None)
    if but is not None:
        tokens &= ApiToken.kind == "session"
    db.session().execute(update(ApiToken).where(tokens).values(revoked_at=now))
    live = (LoginSession.account_id == account_id) & LoginSession.ended_at.is_(None) & (LoginSession.id != (but or 0))
    return db.update_count(update(LoginSession).where(live).values(ended_at=now))


def end_everybodys(*, now: datetime) -> None:
    """End every session, void every link and token that was handed out: the database is older than what people did since."""
    db.session().execute(update(ApiToken).where(ApiToken.revoked_at.is_(None)).values(revoked_at=now))
    db.session().execute(update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now))
    links = OneTimeToken.used_at.is_(None) & (OneTimeToken.purpose != RECOVERY)
    db.session().execute(update(OneTimeToken).where(links).values(used_at=now))


def open_sessions(account_id: int, *, now: datetime) -> list[LoginSession]:
    """Return the sessions that still hold, newest first."""
    statement = select(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    found = db.session().scalars(statement.order_by(LoginSession.id.desc()))
    return [row for row in found if _holds(row, now)]


def sweep(now: datetime) -> None:
    """Forget, with address and device, the sessions that were over a month ago."""
    over = or_(LoginSession.expires_at < now - KEPT, LoginSession.ended_at < now - KEPT)
    db.session().execute(delete(LoginSession).where(over))


def recognise() -> None:
    """Before each request: find out who asks. Status, grants and idle time are judged anew every time."""
    token = request.cookies.get(cookie_name())
    g.actor = READER
    if not token or request.path.startswith(OPEN_PATHS):
        return
    never_cache()
    now = clock.now()
    found = _asker(token)
    if found is None:
        return
    row, account = found
    if not _holds(row, now):
        _say_it_is_over()
        return
    if now - row.seen_at > TOUCH:
        seen = update(LoginSession).where(LoginSession.id == row.id).values(seen_at=now)
        if db.is_writing():
            db.session().execute(seen)  # one commit less at noon; when this unit fails, the next request says it
        else:
            db.write_aside(seen)
            if (found := _asker(token)) is None:
                return
            row, account = found
    if account.enabled:
        g.account, g.login_session, g.actor = account, row, actor_of(account, now)


def _asker(token: str) -> tuple[LoginSession, Account] | None:
    found = db.session().execute(_ASKER, {"token": token_hash(token)}).unique().one_or_none()
    return (found[0], found[1]) if found else None


def actor_of(account: Account, now: datetime) -> Actor:
    """Return the actor an account is at this moment: its grants in force and what their roles bring."""
    grants = tuple(_as_grant(item) for item in account.grants if item.in_force(now))
    return Actor(account.id, account.name, account.login, grants)


def _as_grant(item: AccountGrant) -> Grant:
    return Grant(item.role, item.org_id, item.org.path, rights().of_role(item.role))


def _holds(row: LoginSession, now: datetime) -> bool:
    idle = MANY_PEOPLE_IDLE if has_request_context() and is_on_terminal() else timedelta(minutes=config().staff_idle_minutes)
    return row.ended_at is None and now < row.expires_at and now < row.seen_at + idle


def _say_it_is_over() -> None:
    """Take the dead cookie back, and tell once somebody who was at work why the login page appears."""
    g.drop_login_cookie = True
    if not request.path.startswith("/desk/"):
        return
    flash(_("登录已经结束：太久没有操作，或在别处退出了。请重新登录，会回到刚才那一页。"), "info")
    if request.method not in SAFE_METHODS:
        flash(_("刚才提交的内容没有保存。"), "warn")


def set_cookie(response: Response) -> Response:
    """After each request: hand out a new session's cookie, or take an ended one's back."""
    token, drop = g.pop("new_login_token", None), g.pop("drop_login_cookie", False)
    if token and not g.get("failed"):
        response.set_cookie(
            cookie_name(), token, max_age=_lasts(), path="/",
            secure=config().secure_cookies, httponly=True, samesite="Lax",
        )
        response.set_cookie(HINT_COOKIE, "1", max_age=_lasts(), secure=config().secure_cookies, samesite="Lax")
    elif drop:
        response.delete_cookie(cookie_name(), path="/", secure=config().secure_cookies, httponly=True, samesite="Lax")
        response.delete_cookie(HINT_COOKIE, secure=config().secure_cookies, samesite="Lax")
    return response
