"""Coupons by hand, for named members: one asks, two others approve, and then they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    clock,
    find_members,
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
from unionhall_rewards.coupons import issuing, labels, notes
from unionhall_rewards.coupons.models import CouponKind, Gift

MOST_MEMBERS, MOST_EACH = 500, 20
AFTER = {"synchronize_session": False}


def ask(
    kind: CouponKind, member_ids: Sequence[int], number: int, reason: str, *, key: str = "", actor: Actor, now: datetime
) -> Gift:
    """Ask for coupons for members of the kind's org; the same form sent twice is one gift.

    Raises NotAllowed, RuleBroken with the field that it is about.
    """
    require(actor, rights.COUPONS, kind.org)
    _must_be_in_use(kind, now)
    ids = list(dict.fromkeys(member_ids))
    if not ids:
        raise RuleBroken(_("还没有选人。"), field="members", code="nobody")
    if len(ids) > MOST_MEMBERS:
        raise RuleBroken(_("一次最多 %(n)s 人，现在有 %(m)s 人。请分几次。", n=MOST_MEMBERS, m=len(ids)), field="members", code="many")
    if not 1 <= number <= MOST_EACH:
        raise RuleBroken(_("每人 1 到 %(n)s 张。", n=MOST_EACH), field="number", code="number")
    here = {found.id for found in find_members(kind.org.path, ids=ids, limit=MOST_MEMBERS)}
    if strangers := [member for member in ids if member not in here]:
        raise RuleBroken(
            _("这些会员编号不在%(org)s的名册上：%(ids)s。请核对。", org=kind.org.name, ids=", ".join(map(str, strangers[:10]))),
            field="members", code="strangers",
        )  # fmt: skip
    if key and (known := session().scalar(unscoped(select(Gift).where(Gift.key == key), why="sent twice"))):
        return known
    gift = Gift(
        org_id=kind.org_id, kind_id=kind.id, number=number, member_ids=ids, reason=_reason(reason), state="asked",
        asked_by=_who(actor), asked_at=now, key=key or None,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(gift)
    except IntegrityError:
        return session().scalars(unscoped(select(Gift).where(Gift.key == key), why="sent twice")).one()
    _note(gift, "gift_asked", actor=actor, now=now, people=len(ids), each=number)
    _tell_approvers(gift, now=now)
    return gift


def approve(gift_id: int, *, actor: Actor, now: datetime) -> Gift:
    """Approve a gift: the first of two, or the second; with the second one the coupons are made.

    Raises NotAllowed, RuleBroken for who asked, approved already or is among the members; for a fund with too little.
    """
    gift = _lock(gift_id)
    require(actor, rights.APPROVE, gift.org)
    who = _who(actor)
    if gift.state not in ("asked", "first"):
        raise Conflict(_("这份发放已经办完了：%(state)s。", state=labels.GIFT_STATES[gift.state][0]))
    if who == gift.asked_by:
        raise RuleBroken(_("这是你申请的，要由另外两位同事批准。"), code="own")
    if who == gift.first_by:
        raise RuleBroken(_("你已经批过第一次，第二次要由另一位同事批。"), code="twice")
    people = member_names(gift.member_ids)
    if not actor.system and any(account == who for _name, account in people.values()):
        raise RuleBroken(_("名单里有你自己，请另一位同事来批。"), code="oneself")
    _must_be_in_use(gift.kind, now)
    if gift.state == "asked":
        _step(gift, "asked", {"state": "first", "first_by": who, "first_at": now})
        _note(gift, "gift_first", actor=actor, now=now)
        _tell_approvers(gift, now=now)
        return gift
    _step(gift, "first", {"state": "done", "second_by": who, "second_at": now})
    made = issuing.for_gift(gift.id, gift.kind, gift.number, sorted(people), now=now, actor_id=actor.account_id)
    _note(gift, "gift_done", actor=actor, now=now, coupons=len(made))
    until = str(clock.local_day(made[0].valid_to)) if made else ""
    values = {"name": gift.kind.name, "until": until}
    notes.tell("given", (account for _n, account in people.values()), values, key=f"gift-{gift.id}", now=now, org_id=gift.org_id)
    return gift


def refuse(gift_id: int, answer: str, *, actor: Actor, now: datetime) -> Gift:
    """Refuse a gift with the reason; who asked for it may take it back so."""
    gift = _lock(gift_id)
    if actor.account_id != gift.asked_by or actor.system:
        require(actor, rights.APPROVE, gift.org)
    if gift.state not in ("asked", "first"):
        raise Conflict(_("这份发放已经办完了：%(state)s。", state=labels.GIFT_STATES[gift.state][0]))
    said = tidy(answer)
    if not said:
        raise RuleBroken(_("请写为什么不发，申请的人会看到。"), field="answer", code="answer")
    _step(gift, gift.state, {"state": "refused", "answer": said[:300], "refused_by": _who(actor), "refused_at": now})
    _note(gift, "gift_refused", actor=actor, now=now)
    return gift


def _must_be_in_use(kind: CouponKind, now: datetime) -> None:
    if kind.state != "active":
        raise RuleBroken(_("这个券种没有启用，不能发。"), field="kind_id", code="state")
    if kind.valid_until is not None and kind.valid_until < clock.local_day(now):
        raise RuleBroken(_("这个券种的有效期 %(day)s 已经过了，不能再发。", day=kind.valid_until), field="kind_id", code="over")


def _step(gift: Gift, before: str, values: dict[str, Any]) -> None:
    moved = update(Gift).where(Gift.id == gift.id, Gift.state == before).values(**values).execution_options(**AFTER)
    if not update_count(moved):
        raise Conflict(_("别人刚办过这份发放，请刷新看看。"))
    session().refresh(gift)


def _lock(gift_id: int) -> Gift:
    wanted = select(Gift).where(Gift.id == gift_id).with_for_update(of=Gift).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="judged below"))
    if found is None:
        raise NotFound()
    return found


def _reason(text: str) -> str:
    said = tidy(text)
    if not said:
        raise RuleBroken(_("请写发放的原因，批准的人和审计要看。"), field="reason", code="reason")
    return said[:300]


def _who(actor: Actor) -> int:
    return actor.account_id or 0


def _note(gift: Gift, act: str, *, actor: Actor, now: datetime, **data: int) -> None:
    record_audit(f"rewards.{act}", f"coupon_gift:{gift.id}", actor=actor, now=now, org_id=gift.org_id, **data)


def _tell_approvers(gift: Gift, *, now: datetime) -> None:
    with site_language():
        people = len(gift.member_ids)
        what = _("发券申请")
        text = _("%(kind)s，%(people)s 人，每人 %(n)s 张。", kind=gift.kind.name, people=people, n=gift.number)
        url, key = f"/desk/rewards/gifts/{gift.id}/", f"gift-{gift.id}-{gift.state}"
        notes.waits(what, text, gift.org.path, url=url, key=key, now=now, org_id=gift.org_id, but=(gift.asked_by, gift.first_by))
