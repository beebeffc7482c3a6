"""Checking oneself in on the spot: a code on the organiser's screen that changes every half minute.

The code proves that somebody stands where the screen is: it is made of the site's key, the sheet and the time, so that nothing is
stored, and is taken for ninety seconds at most; one that went round in a chat group is of no use after that.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask_babel import gettext as _

from unionhall.accounts import throttle
from unionhall.base import db
from unionhall.base.crypto import keyed_hash
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import Actor
from unionhall.signups import checkin, entries, places, queries
from unionhall.signups.entries import ALPHABET, CODE_LENGTH, Wish
from unionhall.signups.models import Entry, Sheet, SheetState, State, Unit
from unionhall.signups.people import Applicant

PURPOSE = "signups.on_site"
SECONDS, STEPS = 30, 3  # a code is shown for one step and taken during three
BEFORE, AFTER, USUAL = timedelta(minutes=60), timedelta(minutes=90), timedelta(hours=6)
TRIES = throttle.Limit(10, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a scan: the entry, None for somebody who has none and is offered a place."""

    entry: Entry | None
    what: Literal["in", "again", "out", "offer"]


def code_at(sheet_id: int, now: datetime) -> str:
    """Return the code of a sheet's place at a moment."""
    return _code(sheet_id, int(now.timestamp()) // SECONDS)


def _code(sheet_id: int, step: int) -> str:
    number, found = int(keyed_hash(PURPOSE, f"{sheet_id}:{step}"), 16), ""
    for _n in range(CODE_LENGTH):
        number, at = divmod(number, len(ALPHABET))
        found += ALPHABET[at]
    return found


def left(now: datetime) -> int:
    """Return for how many seconds the code of this moment is still shown."""
    return SECONDS - int(now.timestamp()) % SECONDS


def is_good(sheet_id: int, text: str, now: datetime) -> bool:
    """Say whether a code is one of the last ninety seconds."""
    step, given = int(now.timestamp()) // SECONDS, checkin.code_of(text)
    found = [hmac.compare_digest(_code(sheet_id, step - back).encode(), given.encode()) for back in range(STEPS)]
    return any(found)


def window(sheet: Sheet) -> tuple[datetime, datetime] | None:
    """Return from when until when people may check themselves in; None for a sheet that names no time."""
    if sheet.starts_at is None:
        return None
    return sheet.starts_at - BEFORE, sheet.ends_at or sheet.starts_at + USUAL


def shows(sheet: Sheet, now: datetime) -> bool:
    """Say whether the screen shows a code now: while people come, and a while after the end, when they leave."""
    span = window(sheet)
    return span is not None and span[0] <= now < span[1] + AFTER


def arrive(sheet: Sheet, who: Applicant, code: str, *, actor: Actor, now: datetime) -> Arrival:
    """Check this person in or, some time after that, out. Raises RuleBroken, saying what to do; TooMany after wrong codes.

    Nobody but themselves: the entry is found by who is logged in, never by what was sent.
    """
    _require_code(sheet, who, code, now)
    entry = queries.live(sheet.id, who)
    if entry is None:
        if not takes_walk_ins(sheet):
            raise RuleBroken(_("你没有报这一项。请找领队，看还能不能加你一个。"), code="not-signed-up")
        _require_coming(sheet, now)
        return Arrival(None, "offer")
    if entry.state != State.ACCEPTED:
        raise RuleBroken(_words(State(entry.state)), code="not-accepted")
    if entry.checked_in_at is None:
        _require_coming(sheet, now)
        return Arrival(entry, "again" if checkin.note_in(entry, actor=actor, now=now).again else "in")
    least = sheet.out_minutes
    if least and entry.checked_out_at is None and now >= entry.checked_in_at + timedelta(minutes=least):
        return Arrival(entry, "again" if checkin.note_out(entry, actor=actor, now=now).again else "out")
    return Arrival(entry, "again")


def walk_in(sheet: Sheet, who: Applicant, code: str, *, actor: Actor, now: datetime) -> Arrival:
    """Give who stands at the door a free place and check them in. Raises RuleBroken, Full, TooMany."""
    _require_code(sheet, who, code, now)
    _require_coming(sheet, now)
    sheet = places.lock(sheet.id)
    if not takes_walk_ins(sheet):
        raise RuleBroken(_("这里不能现场补报。请找领队。"), code="not-signed-up")
    entry = entries.sign_up(sheet, who, Wish(), actor=actor, now=now, walk_in=True)
    if entry.state != State.ACCEPTED:
        db.session().flush()
        return Arrival(entry, "again")
    return Arrival(entry, "again" if checkin.note_in(entry, actor=actor, now=now).again else "in")


def takes_walk_ins(sheet: Sheet) -> bool:
    """Say whether somebody may sign up at the door: only where nothing has to be filled in."""
    simple = sheet.unit != Unit.TEAM and not any(field.required for field in sheet.fields)
    return sheet.walk_in and simple and sheet.state == SheetState.OPEN


def _require_code(sheet: Sheet, who: Applicant, code: str, now: datetime) -> None:
    """Raise RuleBroken outside the window and for a code that is not shown any more; each wrong one counts."""
    span = window(sheet)
    if span is None or not span[0] <= now < span[1] + AFTER:
        raise RuleBroken(_("现在不是签到时间。开始前 60 分钟起可以扫码签到。"), code="not-now")
    throttle.spend("signups:here", f"{sheet.id}:{who.person}", TRIES, now=now)
    if not is_good(sheet.id, code, now):
        raise RuleBroken(_("这个现场码不对或者已经换了。请看现场屏幕上现在的码，再扫一次；扫不了就向领队出示会员码。"), code="stale")
    throttle.clear("signups:here", f"{sheet.id}:{who.person}")


def _require_coming(sheet: Sheet, now: datetime) -> None:
    span = window(sheet)
    if span is None or now >= span[1]:
        raise RuleBroken(_("活动已经结束，不能再自己签到。到过场的请找领队补签。"), code="over")


def _words(state: State) -> str:
    said = {
        State.PENDING: _("你的报名还在等审核，暂时不能签到。请找领队。"),
        State.WAITING: _("你还在候补，没有名额，不能签到。请找领队，看有没有空位。"),
        State.OFFERED: _("有名额给你留着，请先在“我的报名”里确认，再扫一次。"),
    }
    return said.get(state, _("你们队还没有凑齐人，不能签到。请找领队。"))
