"""From publication to the result: the public value, the freeze, the revealed secret, or void for ever. Nothing is drawn twice."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, update

from unionhall.plugin import SYSTEM, Actor, RuleBroken, clock, member_names, notify, record_audit, require, session
from unionhall_rewards import rights
from unionhall_rewards.coupons import issuing
from unionhall_rewards.draws import facts, labels, merkle, pages, publishing, queries, shares, uhd1, uhi1
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Entry, Forfeit, Prize, Result
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind

AUTOMATIC = 0
"""Who forfeits a prize of somebody who is no member any more: nobody."""


def say_public(draw_id: int, value: str, note: str, *, actor: Actor, now: datetime) -> None:
    """Note the public value as one person read it, and who witnessed it; a second person confirms it."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    _require_time(draw, now)
    text = " ".join(value.split())
    if not text or "\t" in value:
        raise RuleBroken(_("还没有写公开数。"), field="value")
    if not note.strip():
        raise RuleBroken(_("请写在哪里看到的、谁在场，例如“福彩官网 20:35，经审会王敏在场”。"), field="note")
    draw.public_said, draw.public_note, draw.public_said_by = text, note.strip(), actor.account_id
    session().flush()
    record_audit("rewards.draw_public_said", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


def confirm_public(draw_id: int, value: str, *, actor: Actor, now: datetime) -> None:
    """Confirm the public value by typing it again: by somebody else. It is fixed from then on."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    _require_time(draw, now)
    if not draw.public_said:
        raise RuleBroken(_("还没有人记录公开数。"), code="draw-public")
    if actor.account_id is not None and actor.account_id == draw.public_said_by:
        raise RuleBroken(_("公开数是你记录的，要请另一位经办人核对。"), code="two-people")
    if " ".join(value.split()) != draw.public_said:
        raise RuleBroken(_("和记录的不一样：记录的是“%(said)s”。请两个人再看一次来源。", said=draw.public_said), field="again")
    draw.public_value, draw.public_by = draw.public_said, actor.account_id
    draw.version += 1
    session().flush()
    pages.changed(draw)
    record_audit("rewards.draw_public", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)
    if draw.algo == Algorithm.INSTANT and draw.opens_at <= now:
        _open(draw, now)


def _require_time(draw: Draw, now: datetime) -> None:
    if draw.public_value:
        raise RuleBroken(_("公开数已经记录并核对过，不能再改。"), code="draw-public")
    if draw.public_at is None or now < draw.public_at:
        raise RuleBroken(_("还没到读公开数的时间。"), code="draw-early")
    if draw.algo == Algorithm.BATCH and draw.state != DrawState.FROZEN:
        raise RuleBroken(_("参加的名单封存以后才能记录公开数。"), code="draw-early")
    if draw.algo == Algorithm.INSTANT and (draw.state != DrawState.PUBLISHED or now >= draw.closes_at):
        raise RuleBroken(_("这个抽奖不在等公开数。"), code="draw-public")


def _open(draw: Draw, now: datetime) -> None:
    draw.state = DrawState.OPEN.value
    session().flush()
    pages.changed(draw)
    record_audit("rewards.draw_opened", f"draw:{draw.id}", actor=SYSTEM, now=now, org_id=draw.org_id)


def advance(draw_id: int, now: datetime) -> None:
    """Do with a draw what its time has come for: open it, close it, reveal it, or end it (the job)."""
    draw = queries.locked(draw_id)
    instant = draw.algo == Algorithm.INSTANT
    if draw.state == DrawState.PUBLISHED and draw.opens_at <= now < draw.closes_at and (not instant or draw.public_value):
        _open(draw, now)
    if draw.state in queries.LIVE and now >= draw.closes_at:
        if instant and not draw.public_value:
            _void(draw, _("到截止都没有记录公开数。"), actor=SYSTEM, now=now)
            return
        _close(draw, now)
    if draw.state != DrawState.FROZEN:
        return
    late = now > labels.reveal_by(draw)
    if draw.public_value and (instant or not late):
        try:
            secret = facts.secret_of(draw)
        except ValueError:
            secret = b""
        if secret and uhd1.commitment(draw.key, draw.spec_hash, secret) == draw.commit_hash:
            _reveal(draw, secret, actor=SYSTEM, now=now)
            return
    if late:
        until = f"{clock.local(labels.reveal_by(draw)):%Y-%m-%d %H:%M}"
        _void(draw, _("到 %(at)s 没有公开密钥，按规则作废。", at=until), actor=SYSTEM, now=now)


def _close(draw: Draw, now: datetime) -> None:
    """Freeze the list of who entered: nobody can be added or left out after the public value is known."""
    codes = queries.codes(draw.id)
    draw.entrants_hash, draw.entrants_count, draw.merkle_root = uhd1.entrants_hash(codes), len(codes), merkle.root(codes)
    draw.state, draw.frozen_at = DrawState.FROZEN.value, now
    draw.version += 1
    session().flush()
    pages.changed(draw)
    record_audit("rewards.draw_closed", f"draw:{draw.id}", actor=SYSTEM, now=now, org_id=draw.org_id, entrants=draw.entrants_hash)


def reveal(draw_id: int, *, actor: Actor, now: datetime) -> None:
    """Reveal the secret that this site keeps, and draw."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    _require_revealable(draw, now)
    try:
        secret = facts.secret_of(draw)
    except ValueError:
        raise RuleBroken(_("这里存的密钥打不开了：请经审会用三份密封件中的两份来开奖。"), code="draw-sealed") from None
    _reveal(draw, secret, actor=actor, now=now)


def reveal_by_shares(draw_id: int, given: list[str], *, actor: Actor, now: datetime) -> None:
    """Reveal the secret from two of the three sealed shares: the audit committee can, when the organiser does not."""
    draw = queries.locked(draw_id)
    require(actor, rights.READ, draw.org)
    _require_revealable(draw, now)
    escrow = publishing.parsed(draw)["escrow"]
    tidy = [shares.tidy(share) for share in given]
    for name, share in zip(("one", "two"), tidy, strict=True):
        if shares.digest(share) not in escrow:
            raise RuleBroken(_("这一份不对：和公布的指纹不符。请核对有没有抄错。"), field=name)
    if tidy[0] == tidy[1]:
        raise RuleBroken(_("要两份不同的密封件。"), field="two")
    _reveal(draw, shares.join(tidy), actor=actor, now=now)


def _require_revealable(draw: Draw, now: datetime) -> None:
    if draw.state != DrawState.FROZEN:
        raise RuleBroken(_("现在不能开奖：要先截止、封存名单，而且只开一次。"), code="draw-not-frozen")
    if not draw.public_value:
        raise RuleBroken(_("还没有核对过的公开数，不能开奖。"), code="draw-public")
    if now > labels.reveal_by(draw):
        raise RuleBroken(_("过了公布的开奖期限，这个抽奖作废。"), code="draw-late")


def _reveal(draw: Draw, secret: bytes, *, actor: Actor, now: datetime) -> None:
    if uhd1.commitment(draw.key, draw.spec_hash, secret) != draw.commit_hash:
        raise RuleBroken(_("密钥和公布的封存值不符，没有开奖。请联系系统管理员。"), code="draw-commit")
    draw.secret = secret.hex()
    if draw.algo == Algorithm.INSTANT:
        draw.result_hash = uhi1.result_hash(queries.outcomes(draw))
        rest = {prize.id: prize.left for prize in draw.prizes}
    else:
        rest = _draw(draw, secret, now)
    draw.state, draw.done_at = DrawState.DONE.value, now
    draw.version += 1
    session().flush()
    _release(draw, rest, now)
    pages.changed(draw)
    record_audit("rewards.draw_revealed", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id, result=draw.result_hash)


def _draw(draw: Draw, secret: bytes, now: datetime) -> dict[int, int]:
    """Write a batch draw's result and give the coupons; returns {prize id: how many nobody got}."""
    codes = queries.codes(draw.id)
    found, _numbers = uhd1.run(publishing.parsed(draw), secret, codes, draw.public_value)
    draw.result_hash = uhd1.result_hash(found)
    prizes = {prize.key: prize for prize in draw.prizes}
    entries = queries.entries_by_code(draw.id, [slot.ticket for slot in found])
    rows = [
        {"draw_id": draw.id, "slot": at, "prize_id": prizes[slot.prize].id if slot.prize in prizes else None, "number": slot.number,
         "entry_id": entries[slot.ticket].id}
        for at, slot in enumerate(found, start=1)
    ]  # fmt: skip
    if rows:
        session().execute(insert(Result), rows)
    lucky = {at: entries[slot.ticket] for at, slot in enumerate(found, start=1)}
    reserve = [at for at, slot in enumerate(found, start=1) if slot.prize not in prizes]
    rest = {prize.id: prize.quantity for prize in draw.prizes}
    for at, slot in enumerate(found, start=1):
        if slot.prize in prizes and _give(draw, prizes[slot.prize], at, lucky, reserve, now):
            rest[prizes[slot.prize].id] -= 1
    for prize in draw.prizes:
        session().execute(update(Prize).where(Prize.id == prize.id).values(left=rest[prize.id]))
    return rest


def _give(draw: Draw, prize: Prize, at: int, lucky: dict[int, Entry], reserve: list[int], now: datetime) -> bool:
    """Give a prize to a slot's holder; of somebody who is no member any more it goes to the next of the reserve."""
    while lucky[at].member_id is None:
        to = reserve.pop(0) if reserve else None
        why = _("中奖的人已经不是会员。")
        session().add(Forfeit(draw_id=draw.id, slot=at, to_slot=to, reason=why, by=AUTOMATIC, at=now))
        if to is None:
            return False
        at = to
    entry = lucky[at]
    member_id = entry.member_id or 0
    if prize.coupons:
        issuing.for_entry(entry.id, member_id, {int(kind): number for kind, number in prize.coupons.items()}, now=now)
    tell(draw, prize, member_id, now)
    return True


def tell(draw: Draw, prize: Prize, member_id: int, now: datetime) -> None:
    """Tell a winner of a batch draw."""
    _name, account_id = member_names([member_id]).get(member_id, ("", None))
    if account_id is not None:
        url = f"/rewards/draws/{draw.key}/mine"
        notify("rewards.drawn", [account_id], {"draw": draw.title, "prize": prize.name}, key=f"draw-{draw.id}-{prize.id}", now=now, url=url)


def _release(draw: Draw, rest: dict[int, int], now: datetime) -> None:
    """Give the money of coupons that nobody got back to the fund."""
    for prize in draw.prizes:
        if prize.coupons and draw.fund_id and rest.get(prize.id, 0) > 0:
            ledger.move(Kind.RELEASE, draw.fund_id, rest[prize.id] * prize.value_fen, prize.id, now=now)


def ask_void(draw_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Ask to make a draw void; somebody else decides."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    _require_voidable(draw)
    if not reason.strip():
        raise RuleBroken(_("请写明为什么作废，会公布出来。"), field="reason")
    draw.void_asked_by, draw.void_reason = actor.account_id, reason.strip()
    session().flush()
    record_audit("rewards.draw_void_asked", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


def refuse_void(draw_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back a request to make a draw void, or refuse it."""
    draw = queries.locked(draw_id)
    if actor.account_id != draw.void_asked_by:
        require(actor, rights.APPROVE, draw.org)
    _require_voidable(draw)
    draw.void_asked_by, draw.void_reason = None, ""
    session().flush()
    record_audit("rewards.draw_void_refused", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


def void(draw_id: int, *, actor: Actor, now: datetime) -> None:
    """Make a draw void for ever, as a second person; what was won in it stays won."""
    draw = queries.locked(draw_id)
    require(actor, rights.APPROVE, draw.org)
    _require_voidable(draw)
    if not draw.void_reason:
        raise RuleBroken(_("没有人申请作废这个抽奖。"), code="draw-void")
    if actor.account_id is not None and actor.account_id == draw.void_asked_by:
        raise RuleBroken(_("作废是你申请的，要请另一个人批准。"), code="two-people")
    _void(draw, draw.void_reason, actor=actor, now=now)


def _require_voidable(draw: Draw) -> None:
    if draw.state not in (*queries.LIVE, DrawState.FROZEN):
        raise RuleBroken(_("草稿和已经结束的抽奖不用作废。"), code="draw-void")


def _void(draw: Draw, reason: str, *, actor: Actor, now: datetime) -> None:
    rest = {prize.id: prize.left for prize in draw.prizes}
    draw.state, draw.void_reason, draw.void_by, draw.done_at = DrawState.VOID.value, reason, actor.account_id, now
    draw.version += 1
    session().flush()
    _release(draw, rest, now)
    pages.changed(draw)
    record_audit("rewards.draw_void", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


NOTICE_TEXTS = {
    "zh_CN": ("你中奖了：{prize}", "“{draw}”开奖了，你抽中了{prize}。打开看看怎么领。"),
    "en": ("You won: {prize}", "“{draw}” has been drawn and you won {prize}. Open it to see how to claim it."),
}
NOTICE_LABEL = _l("抽奖开奖")
