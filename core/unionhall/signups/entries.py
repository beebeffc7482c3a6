"""Signing up, changing answers, cancelling: what a person does with an entry of their own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.media import files
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.signups import fields, leaving, people, places, queries, waiting
from unionhall.signups.fields import Given
from unionhall.signups.models import HOLDING, PICKED, Choice, Entry, Sheet, SheetState, State, Unit
from unionhall.signups.people import Applicant

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 6


class Full(Conflict):
    """No place is left; `waiting` says whether the waiting list has room."""

    code = "full"

    def __init__(self, message: str, *, waiting: bool) -> None:
        super().__init__(message)
        self.waiting = waiting


@dataclass(frozen=True)
class Wish:
    """What somebody signs up with. `key` is the form's own: sent twice, it makes one entry; `waiting` accepts the waiting list."""

    answers: Mapping[int, Given] = field(default_factory=dict)
    companions: tuple[str, ...] = ()
    team_name: str = ""
    key: str = ""
    waiting: bool = False


def sign_up(
    sheet: Sheet, who: Applicant, wish: Wish, *, actor: Actor, now: datetime, by_org: bool = False, walk_in: bool = False
) -> Entry:  # fmt: skip
    """Return this person's entry: a new one, or the one that they (or the same form) made before.

    Raises RuleBroken when the sheet is not open or not for them, Full when no place is left. `by_org`: the desk adds
    somebody by hand, outside the window and without approval, but never beyond the places. `walk_in`: they stand at the door,
    so that the window does not matter.
    """
    sheet = places.lock(sheet.id)
    if found := _before(sheet, who, wish.key):
        return found
    if not by_org:
        if not walk_in:
            require_open(sheet, now)
        allowed = people.admission(sheet, who)
        if not allowed.ok:
            raise RuleBroken(allowed.why, code="not-for-you")
    holds = _holds(sheet, wish)
    entry = new_entry(sheet, who, holds, wish, now)
    entry.by_org = by_org
    picks = _checked(sheet, wish.answers)
    entry.state = (
        State.GATHERING
        if sheet.unit == Unit.TEAM and sheet.team_min > 1
        else _placed(sheet, entry, picks, wish.waiting, now)
    )
    db.session().add(entry)
    fields.store(entry, sheet.fields, wish.answers)
    db.session().flush()
    audit.record(
        "signups.signed_up",
        f"signup:{entry.id}",
        actor=actor,
        now=now,
        org_id=sheet.org_id,
        sheet=sheet.id,
        state=str(entry.state),
    )
    waiting.tell_all([entry], now)
    return entry


def require_open(sheet: Sheet, now: datetime) -> None:
    """Raise RuleBroken, saying why, when a sheet takes no sign-ups now."""
    if sheet.state in (SheetState.HELD, SheetState.PAUSED):
        raise RuleBroken(_("报名暂停了。恢复后还可以报，已填的内容先留在这一页。"), code="paused")
    if sheet.state == SheetState.CLOSED or (sheet.closes_at and now >= sheet.closes_at):
        raise RuleBroken(_("报名已经截止，这一份没有报上。有特殊情况请联系主办方。"), code="closed")
    if sheet.opens_at and now < sheet.opens_at:
        raise RuleBroken(_("报名还没有开始，请到时间再来。"), code="not-yet")


def _before(sheet: Sheet, who: Applicant, key: str) -> Entry | None:
    """Return what the person or the form has here already. Raises Conflict for a key or a household of somebody else."""
    if key and (sent := queries.by_key(sheet.id, key[:64])):
        if sent.person != who.person:
            raise Conflict(_("这张表已经由别人提交过。请重新打开报名页再填。"))
        return sent
    if found := queries.live(sheet.id, who):
        if people.is_guest(who):
            raise RuleBroken(
                _("这个手机号已经报过名。请用报名成功时的链接查看，或联系主办方。"), field="mobile", code="already"
            )
        return found
    if sheet.unit == Unit.HOUSEHOLD and queries.of_household(sheet.id, who):
        raise RuleBroken(_("每户只报一份，你家里已经有人报了名。要改由你来报，请先让家人取消。"), code="household")
    return None


def _holds(sheet: Sheet, wish: Wish) -> int:
    if len(wish.companions) > sheet.companions:
        raise RuleBroken(_("最多可带 %(n)s 人。", n=sheet.companions), field="companions")
    holds = 1 if sheet.unit == Unit.TEAM else 1 + len(wish.companions)
    if sheet.places is not None and holds > sheet.places:
        raise RuleBroken(_("总共只有 %(n)s 个名额，请减少同行的人。", n=sheet.places), field="companions")
    return holds


def new_entry(sheet: Sheet, who: Applicant, holds: int, wish: Wish, now: datetime) -> Entry:
    """Return an entry with its number and code, in no state yet; the caller holds the sheet's lock."""
    names = [name for name in (tidy(name)[:60] for name in wish.companions) if name]
    return Entry(
        sheet_id=sheet.id, sheet=sheet, org_id=sheet.org_id, number=places.next_number(sheet), person=who.person, member_id=who.member_id,
        household=who.household if sheet.unit == Unit.HOUSEHOLD else None, account_id=who.account_id, name=who.name,
        union_name=who.union_name, mobile_sealed=who.mobile_sealed, mobile_tail=who.mobile_tail, team_name=tidy(wish.team_name)[:60],
        people=names, holds=holds, code=_code(sheet.id), key=wish.key[:64] or None, created_at=now, updated_at=now,
        consent_version=sheet.consent_version if sheet.consent else None,
    )  # fmt: skip


def _code(sheet_id: int) -> str:
    """Return a check-in code that nobody on this sheet has; the caller holds the sheet's lock."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
        taken = select(Entry.id).where(Entry.sheet_id == sheet_id, Entry.code == code)
        if db.session().scalar(unscoped(taken, why="code")) is None:
            return code


def _checked(sheet: Sheet, answers: Mapping[int, Given]) -> tuple[int, ...]:
    """Return the choices made. Raises RuleBroken for one that is not on this sheet."""
    picks = fields.picked(answers)
    known = {choice.id for item in sheet.fields if item.kind in PICKED for choice in item.choices}
    if not known.issuperset(picks):
        raise RuleBroken(_("有一个选项已经不在表上了，请重新选一次。"))
    return picks


def _placed(sheet: Sheet, entry: Entry, picks: tuple[int, ...], waiting_too: bool, now: datetime) -> State:
    """Take the entry's places, or a place on the waiting list; returns the state. Raises Full."""
    full = 0 if places.somebody_waits(sheet, picks) else places.take(sheet, entry.holds, picks)
    if full is None:
        if not sheet.approval or entry.by_org:
            entry.approved_at = now
            return State.ACCEPTED
        return State.PENDING
    if waiting_too and places.queue(sheet):
        return State.WAITING
    _left, waits = places.band(sheet)
    raise Full(_full_words(sheet, full, waits), waiting=waits)


def place(entry: Entry, now: datetime) -> State:
    """Give a team that has its minimum its place, or one on the waiting list. Raises Full."""
    return _placed(entry.sheet, entry, tuple(pick.choice_id for pick in entry.picks), True, now)


def _full_words(sheet: Sheet, choice_id: int, waits: bool) -> str:
    choice = db.session().get(Choice, choice_id) if choice_id else None
    what = _("“%(choice)s”的名额刚刚报满", choice=choice.label) if choice else _("名额刚刚报满")
    if waits:
        return _("%(what)s，你填的都还在。可以加入候补：有人退出时按顺序通知你。", what=what)
    if choice:
        return _("%(what)s，你填的都还在。可以换一个选项再报。", what=what)
    return _("%(what)s，候补也满了，这一份没有报上。你填的都还在，稍后可以再试。", what=what)


def change(entry: Entry, answers: Mapping[int, Given], *, actor: Actor, now: datetime) -> None:
    """Change the answers of one's own entry until sign-up closes. Raises RuleBroken, Full when a new choice is full."""
    sheet = places.lock(entry.sheet_id)
    db.session().refresh(entry)
    require_open(sheet, now)
    if not entry.alive:
        raise Conflict(_("这份报名已经不在了，不能再改。"))
    before, after = {pick.choice_id for pick in entry.picks}, set(_checked(sheet, answers))
    if entry.state in HOLDING and before != after:
        _swap_choices(sheet, entry, before, after)
    gone = fields.store(entry, sheet.fields, answers)
    if gone:
        files.remove(gone, now=now)
    entry.updated_at = now
    db.session().flush()
    if entry.state in HOLDING and before - after:
        waiting.promote(sheet, now=now)
    audit.record("signups.changed", f"signup:{entry.id}", actor=actor, now=now, org_id=sheet.org_id)


def _swap_choices(sheet: Sheet, entry: Entry, before: set[int], after: set[int]) -> None:
    for choice_id in sorted(after - before):
        free = or_(Choice.quota.is_(None), Choice.taken + entry.holds <= Choice.quota)
        if not db.update_count(
            update(Choice).where(Choice.id == choice_id, free).values(taken=Choice.taken + entry.holds)
        ):
            raise Full(_full_words(sheet, choice_id, False), waiting=False)
    for choice_id in sorted(before - after):
        db.update_count(update(Choice).where(Choice.id == choice_id).values(taken=Choice.taken - entry.holds))


def may_cancel(entry: Entry, now: datetime) -> bool:
    """Say whether a person may still cancel: until the sheet's moment, else until it starts."""
    until = entry.sheet.cancel_until or entry.sheet.over_at
    return entry.alive and not entry.checked_in_at and (until is None or now < until)


def cancel(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Cancel one's own entry, a captain the whole team; the place goes to who waits. Raises RuleBroken, Conflict."""
    sheet = places.lock(entry.sheet_id)
    db.session().refresh(entry)
    if not entry.alive:
        return
    if not may_cancel(entry, now):
        raise RuleBroken(
            _("现在不能自己取消了。来不了请联系主办方：%(contact)s", contact=sheet.contact or sheet.org.name),
            code="too-late",
        )
    leaving.take_out(sheet, entry, State.CANCELLED, now=now)
    audit.record("signups.cancelled", f"signup:{entry.id}", actor=actor, now=now, org_id=sheet.org_id)
    waiting.promote(sheet, now=now)


def decline(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Leave an offered place to the next in line; doing it again changes nothing. Raises Conflict when none is offered."""
    places.lock(entry.sheet_id)
    db.session().refresh(entry)
    if entry.alive and entry.state != State.OFFERED:
        raise Conflict(_("现在没有等你确认的名额。要退出，请取消报名。"), code="not-offered")
    cancel(entry, actor=actor, now=now)
