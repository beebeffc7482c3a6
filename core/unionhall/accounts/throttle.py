"""Throttling in the database, so that it holds across processes: per account, per source and for the whole site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from unionhall.accounts.models import Throttle
from unionhall.base import db
from unionhall.base.crypto import keyed_hash
from unionhall.base.errors import TooMany


@dataclass(frozen=True)
class Limit:
    """At most `tries` in `window`."""

    tries: int
    window: timedelta


LOGIN_ACCOUNT = Limit(10, timedelta(minutes=15))
LOGIN_SOURCE = Limit(50, timedelta(minutes=15))
LOGIN_SITE = Limit(3000, timedelta(minutes=5))
RESET = Limit(5, timedelta(hours=1))


def spend(door: str, who: str, limit: Limit, *, now: datetime) -> None:
    """Count one try. Raises TooMany when the window is full; the refused try is counted by nobody."""
    key = f"{door}:{keyed_hash('throttle', who)[:40]}"
    counted = update(Throttle).where(Throttle.key == key, Throttle.window_ends > now, Throttle.tries < limit.tries)
    if db.update_count(counted.values(tries=Throttle.tries + 1)):
        return
    row = db.session().get(Throttle, key, populate_existing=True)
    if row is not None and row.window_ends > now:
        seconds = int((row.window_ends - now).total_seconds()) + 1
        raise TooMany(_("尝试次数太多。请 %(n)s 分钟后再试，或请管理员帮忙。", n=max(1, seconds // 60)), retry_after=seconds)
    _open_window(key, now + limit.window)


def clear(door: str, who: str) -> None:
    """Forget the tries of somebody who got in."""
    db.session().execute(delete(Throttle).where(Throttle.key == f"{door}:{keyed_hash('throttle', who)[:40]}"))


def sweep(now: datetime) -> None:
    """Remove windows that are over."""
    db.session().execute(delete(Throttle).where(Throttle.window_ends <= now))


def _open_window(key: str, ends: datetime) -> None:
    try:
        with db.session().begin_nested():
            db.session().execute(delete(Throttle).where(Throttle.key == key))
            db.session().add(Throttle(key=key, window_ends=ends, tries=1))
            db.session().flush()
    except IntegrityError:
        db.session().execute(update(Throttle).where(Throttle.key == key).values(tries=Throttle.tries + 1))
