"""Throttling in the database, so that it holds across processes: per account, per source and for the whole site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert, update

from unionhall.accounts.models import Throttle
from unionhall.base import db
from unionhall.base.crypto import keyed_hash
from unionhall.base.errors import TooMany
from unionhall.base.web import source

__all__ = ["Limit", "clear", "source", "spend", "sweep"]


@dataclass(frozen=True)
class Limit:
    """At most `tries` in `window`."""

    tries: int
    window: timedelta


LOGIN_ACCOUNT = Limit(10, timedelta(minutes=15))
LOGIN_SOURCE = Limit(50, timedelta(minutes=15))
LOGIN_SITE = Limit(3000, timedelta(minutes=5))
API_TOKEN = Limit(600, timedelta(minutes=5))
API_SOURCE = Limit(6000, timedelta(minutes=5))  # many members of one firm stand behind one address
RESET = Limit(5, timedelta(hours=1))


def spend(door: str, who: str, limit: Limit, *, now: datetime) -> None:
    """Count one try. Raises TooMany when the window is full; the refused try is counted by nobody."""
    key = f"{door}:{keyed_hash('throttle', who)[:40]}"
    if _count(key, limit, now) or _begin(key, now, now + limit.window) or _count(key, limit, now):
        return
    row = db.session().get(Throttle, key, populate_existing=True)
    seconds = max(1, int((row.window_ends - now).total_seconds()) + 1) if row else 1
    raise TooMany(_("尝试次数太多。请 %(n)s 分钟后再试，或请管理员帮忙。", n=-(-seconds // 60)), retry_after=seconds)


def clear(door: str, who: str) -> None:
    """Forget the tries of somebody who got in."""
    db.session().execute(delete(Throttle).where(Throttle.key == f"{door}:{keyed_hash('throttle', who)[:40]}"))


def sweep(now: datetime) -> None:
    """Remove windows that are over."""
    db.session().execute(delete(Throttle).where(Throttle.window_ends <= now))


def _count(key: str, limit: Limit, now: datetime) -> bool:
    """Count a try in the window that is open; False when it is full or there is none."""
    room = update(Throttle).where(Throttle.key == key, Throttle.window_ends > now, Throttle.tries < limit.tries)
    return db.update_count(room.values(tries=Throttle.tries + 1)) == 1


def _begin(key: str, now: datetime, ends: datetime) -> bool:
    """Open a window with its first try; False when one is open, perhaps opened by another process just now."""
    over = update(Throttle).where(Throttle.key == key, Throttle.window_ends <= now)
    if db.update_count(over.values(window_ends=ends, tries=1)):
        return True
    try:
        with db.session().begin_nested():
            db.session().execute(insert(Throttle).values(key=key, window_ends=ends, tries=1))
    except db.IntegrityError:
        return False
    return True
