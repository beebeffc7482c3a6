"""Setting terminals up and taking them back; a code is used once, a revoked terminal is an ordinary browser within a second."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.accounts import throttle
from unionhall.base import db
from unionhall.base.crypto import new_token, token_hash
from unionhall.base.errors import RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.platform import audit, pagecache
from unionhall.platform.access import READER, SITE, require
from unionhall.terminals import queries
from unionhall.terminals.models import Terminal

MANAGE = "terminals.manage"
CODE_LASTS = timedelta(hours=24)
LETTERS, LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 12
TRIES = throttle.Limit(20, timedelta(minutes=15))


def add(name: str, place: str, phone: str, *, actor: Actor, now: datetime) -> tuple[Terminal, str]:
    """Return a new terminal and the code that sets it up; nobody sees the code again."""
    require(actor, MANAGE, SITE)
    row = Terminal(name=tidy(name), place=tidy(place), phone=tidy(phone), created_at=now)
    code = _new_code(row, now)
    db.session().add(row)
    db.session().flush()
    audit.record("terminals.added", f"terminal:{row.id}", actor=actor, now=now)
    return row, code


def renew_code(terminal_id: int, *, actor: Actor, now: datetime) -> tuple[Terminal, str]:
    """Return a terminal and a new code for it; the browser that holds it now is none any more. Raises NotFound, RuleBroken."""
    require(actor, MANAGE, SITE)
    row = queries.get(terminal_id)
    if row.revoked_at:
        raise RuleBroken(_("这台终端已经停用。请新增一台。"), code="terminal-revoked")
    row.token_hash = None
    code = _new_code(row, now)
    db.session().flush()
    audit.record("terminals.code_renewed", f"terminal:{row.id}", actor=actor, now=now)
    pagecache.purge(queries.LIVE)
    return row, code


def revoke(terminal_id: int, *, actor: Actor, now: datetime) -> None:
    """Make a terminal an ordinary browser again. Raises NotFound, RuleBroken when it is already."""
    require(actor, MANAGE, SITE)
    queries.get(terminal_id)
    live = update(Terminal).where(Terminal.id == terminal_id, Terminal.revoked_at.is_(None))
    if db.update_count(live.values(revoked_at=now, token_hash=None, code_hash=None, code_until=None)) != 1:
        raise RuleBroken(_("这台终端已经停用了。"), code="terminal-revoked")
    audit.record("terminals.revoked", f"terminal:{terminal_id}", actor=actor, now=now)
    pagecache.purge(queries.LIVE)


def enrol(code: str, *, source: str, now: datetime) -> tuple[int, str]:
    """Return (number, token) of the terminal whose code was typed on it. Raises RuleBroken, TooMany."""
    throttle.spend("terminal:source", throttle.source(source), TRIES, now=now)
    token, typed = new_token(), token_hash(_plain(code))
    fits = (Terminal.code_hash == typed) & (Terminal.code_until > now) & Terminal.revoked_at.is_(None)
    taken = update(Terminal).where(fits).values(
        code_hash=None, code_until=None, token_hash=token_hash(token), enrolled_at=now, seen_at=now
    )
    if db.update_count(taken) != 1:
        db.keep()
        raise RuleBroken(_("登记码不对、已过期或用过了。请核对；不行就在编务台重新发一个。"), field="code")
    number = queries.by_token(token_hash(token))
    audit.record("terminals.enrolled", f"terminal:{number}", actor=READER, now=now)
    pagecache.purge(queries.LIVE)
    return number, token


def _new_code(row: Terminal, now: datetime) -> str:
    code = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
    row.code_hash, row.code_until = token_hash(code), now + CODE_LASTS
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def _plain(code: str) -> str:
    return "".join(mark for mark in code.upper() if mark.isalnum())[:40]
