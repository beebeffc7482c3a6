"""Turns at a till begin with a PIN and end when somebody hands over. A wrong PIN is counted, not raised: the count must stay."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    NotFound,
    RuleBroken,
    ThrottleLimit,
    check_secret,
    clock,
    hash_secret,
    keyed_hash,
    record_audit,
    session,
    sign,
    throttle,
    unscoped,
    unsign,
    update_count,
)
from unionhall_stations.models import Clerk, Till, Turn
from unionhall_stations.tills import numbers
from unionhall_stations.tills.turns import TillTurn, moved, token_hash

WRONG, LOCKED = 5, timedelta(minutes=15)
AT_TILL = ThrottleLimit(30, timedelta(minutes=15))
FIRST, FIRST_SECONDS = "stations.first", 600
QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a PIN: a turn with its token, `first` when a PIN of one's own must be chosen now, else what was wrong."""

    token: str = ""
    first: str = ""
    problem: str = ""


def begin(till: Till, clerk_id: int, pin: str, *, now: datetime) -> Tried:
    """Begin a clerk's turn; the till's other turns end. Raises TooMany, NotFound for a till that was just revoked."""
    _lock(till, now)
    throttle("stations.pin", str(till.id), AT_TILL, now=now)
    clerk = _clerk(till, clerk_id)
    if moved(till):
        return Tried(problem=_("这个驿站已经不由“%(store)s”经营，收银台不能再用。请联系驿站管理员。", store=till.store.name))
    if clerk is None:
        return Tried(problem=_("请选择你的名字。"))
    if clerk.locked_until and clerk.locked_until > now:
        return Tried(problem=_locked(clerk.locked_until))
    if not check_secret(clerk.pin_hash, _plain(pin)):
        return Tried(problem=_wrong(clerk, now))
    if clerk.pin_until is not None:
        if clerk.pin_until <= now:
            return Tried(problem=_("这个初始 PIN 已经过期。请让驿站管理员重新发一个。"))
        _forgive(clerk)
        return Tried(first=sign(FIRST, [till.id, clerk.id, _mark(clerk)]))
    _forgive(clerk)
    return Tried(token=_begun(till, clerk, now))


def choose_pin(till: Till, first: str, pin: str, again: str, *, now: datetime) -> str:
    """Keep a PIN of one's own in the place of the one to begin with, and begin the turn; returns its token.

    `first` is what `begin` gave. Raises RuleBroken for a PIN that will not do, NotFound when it took too long or was done before.
    """
    _lock(till, now)
    given = unsign(FIRST, first, FIRST_SECONDS)
    till_id, clerk_id, mark = given if isinstance(given, list) and len(given) == 3 else (0, 0, "")
    clerk = _clerk(till, int(clerk_id)) if till_id == till.id else None
    if clerk is None or clerk.pin_until is None or clerk.pin_until <= now or _mark(clerk) != mark:
        raise NotFound(_("这一步过了时间，或者已经做过了。请回到收银台首页，再输一次 PIN。"))
    wanted = _plain(pin)
    if not numbers.is_pin(wanted):
        raise RuleBroken(_("PIN 要 6 位数字，现在是 %(n)s 个字符。", n=len(wanted)), field="pin")
    if numbers.is_trivial(wanted):
        raise RuleBroken(_("“%(pin)s”太容易被猜到：重复的、连着的、吉利号都不行。换一个只有你知道的。", pin=wanted), field="pin")
    if check_secret(clerk.pin_hash, wanted):
        raise RuleBroken(_("要和初始 PIN 不一样。"), field="pin")
    if wanted != _plain(again):
        raise RuleBroken(_("两次输的不一样。"), field="again")
    clerk.pin_hash, clerk.pin_until, clerk.updated_at = hash_secret(wanted), None, now
    session().flush()
    record_audit("stations.pin_chosen", f"clerk:{clerk.id}", actor=SYSTEM, now=now, org_id=till.store.org_id)
    return _begun(till, clerk, now)


def hand_over(turn: TillTurn, *, now: datetime) -> None:
    """End a turn; doing it twice changes nothing."""
    open_ = update(Turn).where(Turn.id == turn.turn_id, Turn.ended_at.is_(None)).values(ended_at=now, seen_at=now)
    session().execute(open_.execution_options(**QUIET))


def _lock(till: Till, now: datetime) -> None:
    """Take the till's row, so that one turn begins at a time, and note that it was seen."""
    there = update(Till).where(Till.id == till.id, Till.revoked_at.is_(None)).values(seen_at=now)
    if update_count(there.execution_options(**QUIET)) != 1:
        raise NotFound()


def _clerk(till: Till, clerk_id: int) -> Clerk | None:
    wanted = select(Clerk).where(Clerk.id == clerk_id, Clerk.store_id == till.store_id, Clerk.left_on.is_(None))
    fresh = wanted.with_for_update(of=Clerk).execution_options(populate_existing=True)
    return session().scalar(unscoped(fresh, why="at the till"))


def _wrong(clerk: Clerk, now: datetime) -> str:
    clerk.wrong_pins += 1
    left = WRONG - clerk.wrong_pins
    if left <= 0:
        clerk.wrong_pins, clerk.locked_until = 0, now + LOCKED
        record_audit("stations.clerk_locked", f"clerk:{clerk.id}", actor=SYSTEM, now=now, org_id=clerk.store.org_id)
    session().flush()
    return _locked(now + LOCKED) if left <= 0 else _("PIN 不对。再错 %(n)s 次会锁 15 分钟；忘了可以让驿站管理员重设。", n=left)


def _locked(until: datetime) -> str:
    return _("错了太多次，%(time)s 以后再试。急用请让驿站管理员重设 PIN。", time=f"{clock.local(until):%H:%M}")


def _forgive(clerk: Clerk) -> None:
    clerk.wrong_pins, clerk.locked_until = 0, None
    session().flush()


def _begun(till: Till, clerk: Clerk, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    others = update(Turn).where(Turn.till_id == till.id, Turn.ended_at.is_(None)).values(ended_at=now)
    session().execute(others.execution_options(**QUIET))
    row = Turn(till_id=till.id, clerk_id=clerk.id, token_hash=token_hash(token), began_at=now, seen_at=now)
    session().add(row)
    session().flush()
    return token


def _plain(pin: str) -> str:
    return unicodedata.normalize("NFKC", pin).strip()


def _mark(clerk: Clerk) -> str:
    """Return a mark of the PIN that is kept: it changes with it, so that a step works once."""
    return keyed_hash(FIRST, clerk.pin_hash)[:16]
