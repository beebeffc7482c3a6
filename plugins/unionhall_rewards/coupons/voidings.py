"""Taking coupons back: one asks, another decides, the member is told and may object once, and a third answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    clock,
    member_names,
    record_audit,
    require,
    session,
    site_language,
    tidy,
    unscoped,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.coupons import labels, notes
from unionhall_rewards.coupons.models import Coupon, CouponState, Voiding
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind

AFTER = {"synchronize_session": False}


def ask(coupon: Coupon, reason: str, *, actor: Actor, now: datetime) -> Voiding:
    """Ask to take a coupon back. Raises NotAllowed, Conflict while somebody asked already, RuleBroken for one that is not live."""
    require(actor, rights.COUPONS, coupon.kind.org)
    _must_be_live(coupon, now)
    values = {"coupon_id": coupon.id, "reason": _said(reason, "reason"), "state": "asked", "asked_at": now}
    values["asked_by"] = actor.account_id or 0
    try:
        with session().begin_nested():
            made = session().scalars(insert(Voiding).values(**values, answer="", appeal="").returning(Voiding.id)).one()
    except IntegrityError:
        raise Conflict(_("这张券已经有人申请作废，正在等批准。")) from None
    found = _lock(made)
    _note(found, "void_asked", actor=actor, now=now)
    with site_language():
        text = _("%(kind)s %(number)s：%(reason)s", kind=coupon.kind.name, number=labels.number(coupon.id), reason=found.reason)
        org, url = coupon.kind.org, f"/desk/rewards/voidings/{found.id}/"
        notes.waits(_("作废申请"), text, org.path, url=url, key=f"void-{found.id}", now=now, org_id=org.id, but=(found.asked_by,))
    return found


def decide(voiding_id: int, *, yes: bool, answer: str = "", actor: Actor, now: datetime) -> Voiding:
    """Decide about a request: with yes the coupon is void, its money is free again, and its member is told why.

    Raises NotAllowed, RuleBroken for who asked or whose coupon it is; when the coupon was used or expired meanwhile.
    """
    found = _lock(voiding_id)
    coupon = found.coupon
    require(actor, rights.APPROVE, coupon.kind.org)
    if found.state != "asked":
        raise Conflict(_("这份申请已经办过了：%(state)s。", state=labels.VOIDING_STATES[found.state][0]))
    who = actor.account_id or 0
    if who == found.asked_by:
        raise RuleBroken(_("这是你申请的，要由另一位同事决定。"), code="own")
    said = tidy(answer)[:300] if yes else _said(answer, "answer")
    if yes:
        _void(coupon, now=now, actor=actor)
    _step(found, Voiding.state == "asked", {"state": "done" if yes else "refused", "decided_by": who, "decided_at": now, "answer": said})
    if yes:
        _tell(found, "voided", found.reason, now=now)
    _note(found, "void_done" if yes else "void_refused", actor=actor, now=now)
    return found


def _void(coupon: Coupon, *, now: datetime, actor: Actor) -> None:
    """Void a coupon that is live at this moment; a till that holds it finds it gone. Raises RuleBroken for any other."""
    values = {"state": CouponState.VOIDED.value, "closed_at": now, "held_until": None, "held_turn_id": None}
    live = update(Coupon).where(Coupon.id == coupon.id, Coupon.state == CouponState.ISSUED.value, Coupon.valid_to >= now)
    if not update_count(live.values(**values).execution_options(**AFTER)):
        session().refresh(coupon)
        _must_be_live(coupon, now)
        raise Conflict(_("这张券刚刚变了，请刷新看看。"))
    session().refresh(coupon)
    ledger.move(Kind.VOID, coupon.fund_id, coupon.face_fen, coupon.id, now=now, actor_id=actor.account_id)


def appeal(voiding_id: int, member_id: int, text: str, *, actor: Actor, now: datetime) -> Voiding:
    """Object, once, to that one's coupon was taken back. Raises NotFound for anybody else's, RuleBroken, Conflict."""
    found = _lock(voiding_id)
    if found.coupon.member_id != member_id or found.state != "done":
        raise NotFound()
    said = tidy(text, one_line=False)
    if not said:
        raise RuleBroken(_("请写为什么不同意。"), field="text", code="empty")
    if found.appealed_at is not None:
        raise Conflict(_("已经申诉过一次，请等答复。"))
    _step(found, Voiding.appealed_at.is_(None), {"appeal": said[:600], "appealed_at": now})
    _note(found, "void_appealed", actor=actor, now=now)
    with site_language():
        org = found.coupon.kind.org
        text, url = f"{found.coupon.kind.name} {labels.number(found.coupon_id)}", f"/desk/rewards/voidings/{found.id}/"
        notes.waits(_("作废申诉"), text, org.path, url=url, key=f"appeal-{found.id}", now=now, org_id=org.id, but=(found.decided_by,))
    return found


def answer(voiding_id: int, text: str, *, right: bool, actor: Actor, now: datetime) -> Voiding:
    """Answer an objection; somebody else than who decided. Whoever was right is given a coupon anew, by hand. Raises as `decide`."""
    found = _lock(voiding_id)
    require(actor, rights.APPROVE, found.coupon.kind.org)
    if found.appealed_at is None or found.appeal_answered_at is not None:
        raise Conflict(_("没有等答复的申诉。"))
    who = actor.account_id or 0
    if who == found.decided_by:
        raise RuleBroken(_("作废是你批的，申诉要由另一位同事答复。"), code="own")
    values = {"appeal_ok": right, "appeal_answer": _said(text, "text"), "appeal_by": who, "appeal_answered_at": now}
    _step(found, Voiding.appeal_answered_at.is_(None), values)
    _tell(found, "answered", found.appeal_answer, now=now)
    _note(found, "void_answered", actor=actor, now=now)
    return found


def _must_be_live(coupon: Coupon, now: datetime) -> None:
    """Raise RuleBroken that says what became of a coupon that is not live."""
    told = {
        CouponState.REDEEMED: _("这张券已经用掉了，不能作废。门店收错了的，请当天在收银台撤销核销。"),
        CouponState.EXPIRED: _("这张券已经过期，钱已退回经费，不用作废。"), CouponState.VOIDED: _("这张券已经作废了。"),
    }.get(CouponState(coupon.state))  # fmt: skip
    if told is None and coupon.valid_to < now:
        told = _("这张券 %(day)s 到期，已经不能用了，不用作废。", day=clock.local_day(coupon.valid_to))
    if told is not None:
        raise RuleBroken(told, code=str(coupon.state))


def _step(found: Voiding, still: Any, values: dict[str, Any]) -> None:
    moved = update(Voiding).where(Voiding.id == found.id, still).values(**values).execution_options(**AFTER)
    if not update_count(moved):
        raise Conflict(_("别人刚办过这份申请，请刷新看看。"))
    session().refresh(found)


def _lock(voiding_id: int) -> Voiding:
    wanted = select(Voiding).where(Voiding.id == voiding_id).with_for_update(of=Voiding).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="judged below"))
    if found is None:
        raise NotFound()
    return found


def _said(text: str, field: str) -> str:
    said = tidy(text)
    if not said:
        raise RuleBroken(_("请写原因，本人会看到。"), field=field, code="empty")
    return said[:300]


def _tell(found: Voiding, kind: str, text: str, *, now: datetime) -> None:
    coupon = found.coupon
    accounts = [account for _name, account in member_names([coupon.member_id or 0]).values()]
    values = {"name": coupon.kind.name, "number": labels.number(coupon.id), "text": text}
    url, org = f"/rewards/coupons/{coupon.id}/", coupon.kind.org_id
    notes.tell(kind, accounts, values, key=f"void-{found.id}-{kind}", now=now, org_id=org, url=url)


def _note(found: Voiding, act: str, *, actor: Actor, now: datetime) -> None:
    org_id = found.coupon.kind.org_id
    record_audit(f"rewards.{act}", f"coupon:{found.coupon_id}", actor=actor, now=now, org_id=org_id, voiding=found.id)
