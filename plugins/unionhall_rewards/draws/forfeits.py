"""A winner who does not claim, or gives up: the prize goes to the next of the reserve, in order. There is no re-draw."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from unionhall.plugin import Actor, Conflict, RuleBroken, record_audit, require, session
from unionhall_rewards import rights
from unionhall_rewards.draws import drawing, pages, queries
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Forfeit, Result


def forfeit(draw_id: int, slot: int, reason: str, *, actor: Actor, now: datetime) -> Forfeit:
    """Pass a thing that was won in a slot on to the next of the reserve. Raises RuleBroken for coupons: those are with their winner."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    if draw.algo != Algorithm.BATCH or draw.state != DrawState.DONE:
        raise RuleBroken(_("只有开了奖的统一抽奖有候补。"), code="draw-not-done")
    if not reason.strip():
        raise RuleBroken(_("请写明原因，例如“公布的领奖期限过了，三次电话没有联系上”。"), field="reason")
    rows = {row.slot: row for row in queries.results(draw.id)}
    moved = queries.forfeits(draw.id)
    first = _origin(slot, moved)
    row = rows.get(first)
    if row is None or row.prize_id is None or slot not in rows:
        raise RuleBroken(_("这个号没有中奖。"), code="draw-slot")
    if slot in {made.slot for made in moved}:
        raise Conflict(_("这个奖已经转给候补了。"))
    prize = next(prize for prize in draw.prizes if prize.id == row.prize_id)
    if prize.coupons:
        raise RuleBroken(_("消费券开奖时就发到了中奖人手里，不能转给候补。"), code="draw-coupons")
    made = Forfeit(draw_id=draw.id, slot=slot, to_slot=_next(rows, moved), reason=reason.strip(), by=actor.account_id or 0, at=now)
    session().add(made)
    session().flush()
    _tell(draw, made, rows, prize.id, now)
    pages.changed(draw)
    record_audit("rewards.draw_forfeited", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id, slot=slot)
    return made


def _origin(slot: int, moved: list[Forfeit]) -> int:
    """Return the slot whose prize has come to a slot of the reserve."""
    came = {made.to_slot: made.slot for made in moved if made.to_slot is not None}
    while slot in came:
        slot = came[slot]
    return slot


def _next(rows: dict[int, Result], moved: list[Forfeit]) -> int | None:
    used = {made.to_slot for made in moved}
    waiting = [slot for slot, row in rows.items() if row.prize_id is None and slot not in used]
    entries = queries.entries_by_ids(rows[slot].entry_id for slot in waiting)
    return next((slot for slot in waiting if entries[rows[slot].entry_id].member_id is not None), None)


def _tell(draw: Draw, made: Forfeit, rows: dict[int, Result], prize_id: int, now: datetime) -> None:
    if made.to_slot is None:
        return
    entry = queries.entries_by_ids([rows[made.to_slot].entry_id])[rows[made.to_slot].entry_id]
    prize = next(prize for prize in draw.prizes if prize.id == prize_id)
    if entry.member_id is not None:
        drawing.tell(draw, prize, entry.member_id, now)
