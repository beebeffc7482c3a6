"""Swaps: a volunteer offers a shift, whoever of the team takes it first has it; leaders hand over their duty likewise."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    RuleBroken,
    applicant_of,
    hand_over_entry,
    live_sign_up,
    member_names,
    member_view,
    record_audit,
    session,
    sheet_entry,
    tidy,
    unscoped,
    update_count,
)
from unionhall_chapters.volunteers import queries, tags, telling
from unionhall_chapters.volunteers.models import Shift, Standing, Swap


def offer(shift: Shift, member_id: int, *, duty: bool = False, note: str = "", actor: Actor, now: datetime) -> Swap:
    """Offer one's place on a shift, or one's duty, to the team; offering twice is offering once. Raises Conflict without a place."""
    if shift.cancelled_at or now >= shift.starts_at:
        raise Conflict(_("这一班已经取消或者开始了，不能再换。"))
    entry_id = None if duty else _place_of(shift, member_id)
    if duty and shift.duty_id != member_id:
        raise Conflict(_("这一班不是你带。"))
    queries.lock(Shift, shift.id)
    open_ = select(Swap).where(
        Swap.shift_id == shift.id, Swap.member_id == member_id, Swap.duty == duty, Swap.state == "offered"
    )
    if found := session().scalar(unscoped(open_, why="oneself")):
        return found
    swap = Swap(
        org_id=shift.org_id, shift_id=shift.id, member_id=member_id, entry_id=entry_id, duty=duty, note=tidy(note)[:200], state="offered",
        offered_at=now,
    )  # fmt: skip
    swap.shift = shift
    session().add(swap)
    session().flush()
    record_audit(
        "chapters.swap_offered",
        f"chapters_swap:{swap.id}",
        actor=actor,
        now=now,
        org_id=shift.org_id,
        shift=shift.id,
        duty=duty,
    )
    others = [
        row.member_id
        for row in queries.people([shift.team_id], Standing.IN)
        if row.member_id != member_id and (row.leader or not duty)
    ]
    _tell("swap_offered", swap, others, member_id, now)
    return swap


def take(swap: Swap, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Take what a team mate offers: of two at once, one gets it. Raises NotAllowed, Conflict, RuleBroken as signing up does."""
    shift = swap.shift
    row = queries.standing(shift.team_id, member_id)
    if row is None or row.state != Standing.IN or (swap.duty and not row.leader):
        raise NotAllowed(_("只有本队的领队能接带班。") if swap.duty else _("只有本队的队员能接。"))
    if member_id == swap.member_id:
        raise RuleBroken(_("这是你自己让出来的。不让了，可以撤回。"))
    if shift.cancelled_at or now >= shift.starts_at:
        raise Conflict(_("这一班已经取消或者开始了，不能再换。"))
    _end(swap, "taken", now, taken_by=member_id)
    if swap.duty:
        _duty(swap, member_id)
    else:
        _place(swap, member_id, actor=actor, now=now)
    record_audit(
        "chapters.swap_taken",
        f"chapters_swap:{swap.id}",
        actor=actor,
        now=now,
        org_id=swap.org_id,
        shift=shift.id,
        duty=swap.duty,
    )
    leaders = [item.member_id for item in queries.people([shift.team_id], Standing.IN) if item.leader]
    _tell("swap_taken", swap, {swap.member_id, *leaders} - {member_id}, member_id, now)
    tags.changed(shift.team, now=now)


def withdraw(swap: Swap, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Keep one's shift after all. Raises NotAllowed for anybody else's, Conflict when somebody took it."""
    if swap.member_id != member_id:
        raise NotAllowed(_("只能撤回自己让出的班次。"))
    _end(swap, "withdrawn", now)
    record_audit("chapters.swap_withdrawn", f"chapters_swap:{swap.id}", actor=actor, now=now, org_id=swap.org_id)


def _end(swap: Swap, state: str, now: datetime, taken_by: int | None = None) -> None:
    open_ = (
        update(Swap)
        .where(Swap.id == swap.id, Swap.state == "offered")
        .values(state=state, ended_at=now, taken_by=taken_by)
    )
    if update_count(open_.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("已经有人接了，或者对方撤回了。"))
    session().refresh(swap)


def _place(swap: Swap, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Hand the entry over; the sheet judges that it is still there and that the taker fits."""
    taker = member_view(member_id)
    if taker is None or swap.entry_id is None:
        raise Conflict(_("已经有人接了，或者对方撤回了。"))
    entry = sheet_entry(queries.sheet(swap.shift), swap.entry_id)
    hand_over_entry(entry, applicant_of(taker), actor=actor, now=now)


def _duty(swap: Swap, member_id: int) -> None:
    theirs = update(Shift).where(Shift.id == swap.shift_id, Shift.duty_id == swap.member_id).values(duty_id=member_id)
    if update_count(theirs.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("带班的人已经换了。"))
    session().refresh(swap.shift)


def _place_of(shift: Shift, member_id: int) -> int:
    member = member_view(member_id)
    entry = live_sign_up(queries.sheet(shift).id, applicant_of(member)) if member else None
    if entry is None or entry.state != "accepted":
        raise Conflict(_("你在这一班没有名额，没有可以让的。"))
    return entry.id


def _tell(kind: str, swap: Swap, members: list[int] | set[int], who: int, now: datetime) -> None:
    shift = swap.shift
    telling.tell(
        kind, members, key=str(swap.id), now=now, org_id=swap.org_id, shift=shift.title, time=telling.at(shift.starts_at),
        name=member_names([who])[who][0],
    )  # fmt: skip
