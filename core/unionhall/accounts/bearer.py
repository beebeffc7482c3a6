"""Who asks through the API: the account behind a bearer token (RFC 6750), judged anew with every request."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from flask import g, request
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from unionhall.accounts import throttle
from unionhall.accounts.models import Account, ApiToken
from unionhall.accounts.sessions import actor_of
from unionhall.accounts.tokens import PREFIX
from unionhall.base import clock, db
from unionhall.base.crypto import token_hash
from unionhall.base.web import client_address, never_cache
from unionhall.hooks.api import ApiBearer
from unionhall.hooks.types import Actor
from unionhall.platform.access import unscoped

ROOT = "/api/v1/"
TOUCH = timedelta(minutes=10)
_HEADER = re.compile(rf"[Bb]earer +({PREFIX}[A-Za-z0-9_-]{{20,100}}) *")
log = structlog.get_logger("unionhall.accounts")


def recognise() -> None:
    """Before each request to the API: find out whose token it brings, and count it. Nothing else says who asks there.

    The actor has the account's name and none of its roles: a token for a member's programs never opens the desk.
    Raises TooMany.
    """
    if not request.path.startswith(ROOT):
        return
    now = clock.now()
    doors = [("api:source", throttle.source(client_address()), throttle.API_SOURCE)]
    row = _token(now)
    found = _holder(row, now) if row else None
    if row is None or found is None:
        _count(doors, now)
        return
    bearer, stale = ApiBearer(row.id, row.account_id, frozenset(row.scopes)), row.used_at is None or now - row.used_at > TOUCH
    _count([*doors, ("api:token", str(bearer.token_id), throttle.API_TOKEN)], now)
    if stale:
        db.write_aside(update(ApiToken).where(ApiToken.id == bearer.token_id).values(used_at=now))
    g.actor, g.bearer = found, bearer


def _token(now: datetime) -> ApiToken | None:
    """Return the token that the request brings, None when it brings none that holds."""
    given = _HEADER.fullmatch(request.headers.get("Authorization", "")[:200])
    if given is None:
        return None
    never_cache()
    live = (ApiToken.token_hash == token_hash(given[1])) & ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > now)
    return db.session().scalar(select(ApiToken).where(live))


def _holder(row: ApiToken, now: datetime) -> Actor | None:
    """Return who the token acts for, without roles; None when the account is disabled."""
    statement = unscoped(select(Account).where(Account.id == row.account_id), why="login").options(joinedload(Account.grants))
    account = db.session().scalar(statement)
    return replace(actor_of(account, now), grants=()) if account is not None and account.enabled else None


def _count(doors: list[tuple[str, str, throttle.Limit]], now: datetime) -> None:
    """Count a request in a transaction of its own: it stays counted whatever becomes of it. A full disk stops no reader."""
    if db.is_writing():
        _spend(doors, now)
        db.keep()
        return
    try:
        with db.unit_of_work():
            _spend(doors, now)
    except OperationalError:
        log.warning("request not counted")


def _spend(doors: list[tuple[str, str, throttle.Limit]], now: datetime) -> None:
    for door, who, limit in doors:
        throttle.spend(door, who, limit, now=now)
