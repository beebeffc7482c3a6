"""Paying approved claims together: a list, its file, and once the money is sent, each of them paid exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import Actor, Conflict, Org, RuleBroken, clock, record_audit, require, session, tidy, update_count
from unionhall_chapters import rights
from unionhall_chapters.benefits import queries, states
from unionhall_chapters.benefits.models import Claim, Payment, State

AFTER = {"synchronize_session": False}


def draw_up(org: Org, claim_ids: Sequence[int], label: str, *, actor: Actor, now: datetime) -> Payment:
    """Put approved claims of an org's reach into a new list; one that stands in another already stops it. Raises RuleBroken, Conflict."""
    require(actor, rights.SETTLE, org)
    known = {row.id: row for row in queries.payable(actor, org.path)}
    chosen = [known[number] for number in dict.fromkeys(claim_ids) if number in known]
    if not chosen:
        raise RuleBroken(_("请勾选要发放的申请。"), field="ids")
    if any(states.is_own(row, actor) for row in chosen):
        raise RuleBroken(_("自己的申请要由另一位同事发放，请先去掉。"), field="ids")
    total = sum(row.decided_fen or 0 for row in chosen)
    payment = Payment(
        org_id=org.id, org=org, label=tidy(label)[:80] or _("%(day)s 发放", day=clock.local_day(now)), number=len(chosen), fen=total,
        created_by=actor.account_id, created_at=now,
    )  # fmt: skip
    session().add(payment)
    session().flush()
    free = update(Claim).where(Claim.id.in_([row.id for row in chosen]), Claim.state == State.APPROVED, Claim.payment_id.is_(None))
    if update_count(free.values(payment_id=payment.id).execution_options(**AFTER)) != len(chosen):
        raise Conflict(_("其中有申请刚刚进了另一张发放单，请刷新后重新勾选。"))
    record_audit("chapters.payment_drawn_up", f"payment:{payment.id}", actor=actor, now=now, org_id=org.id, number=len(chosen), fen=total)
    return payment


def mark_paid(payment: Payment, on: date, reference: str, *, actor: Actor, now: datetime) -> None:
    """Say that a list was paid, on which day and under which reference; doing it twice is refused. Raises RuleBroken, Conflict."""
    require(actor, rights.SETTLE, payment.org)
    if on > clock.local_day(now):
        raise RuleBroken(_("发放日期不能在今天之后。"), field="on")
    if not (words := tidy(reference)[:80]):
        raise RuleBroken(_("请填银行回单号或凭证号。"), field="reference")
    fresh = update(Payment).where(Payment.id == payment.id, Payment.paid_at.is_(None))
    if not update_count(fresh.values(paid_on=on, reference=words, paid_by=actor.account_id, paid_at=now).execution_options(**AFTER)):
        raise Conflict(_("这张发放单已经登记过发放了，没有重复登记。"))
    session().refresh(payment)
    record_audit("chapters.payment_paid", f"payment:{payment.id}", actor=actor, now=now, org_id=payment.org_id, reference=words)
    for claim in queries.in_payment(payment):
        states.move(claim, "pay", actor=actor, now=now, fen=claim.decided_fen, text=words, paid_on=on)
