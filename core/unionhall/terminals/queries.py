"""Reads of terminals: the list in the desk, and which browsers are terminals now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.platform import pagecache
from unionhall.terminals.models import Terminal

LIVE = "terminals"


@dataclass(frozen=True)
class Device:
    """A terminal that runs: its number, and when it was last heard of."""

    id: int
    seen_at: datetime | None


def listed() -> list[Terminal]:
    """Return every terminal, those that run first."""
    return list(db.session().scalars(select(Terminal).order_by(Terminal.revoked_at.is_not(None), Terminal.name, Terminal.id)))


def get(terminal_id: int) -> Terminal:
    """Return a terminal. Raises NotFound."""
    found = db.session().get(Terminal, terminal_id)
    if found is None:
        raise NotFound()
    return found


def devices() -> dict[str, Device]:
    """Return {hash of the browser's token: device} of the terminals that run, asked for at most once a second."""
    return pagecache.remembered(LIVE, _devices)


def _devices() -> dict[str, Device]:
    live = select(Terminal.token_hash, Terminal.id, Terminal.seen_at).where(
        Terminal.revoked_at.is_(None), Terminal.token_hash.is_not(None)
    )
    return {token: Device(number, seen) for token, number, seen in db.session().execute(live) if token}


def by_token(hashed: str) -> int:
    """Return the number of the terminal that holds a token. Raises NotFound."""
    found = db.session().scalar(select(Terminal.id).where(Terminal.token_hash == hashed))
    if found is None:
        raise NotFound()
    return found
