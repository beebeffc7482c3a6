"""Paying confirmed statements together: a run, its file, and once the money is sent, each of them paid exactly once. Who drew a run up
does not say that it was paid: money takes two people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    Org,
    RuleBroken,
    clock,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind
from unionhall_rewards.settling import queries, services
from unionhall_rewards.settling.models import PayRun, State, Statement

AFTER = {"synchronize_session": False}


def draw_up(org: Org, ids: Sequence[int], label: str, *, actor: Actor, now: datetime) -> PayRun:
    """Put confirmed statements of an org's reach into a new run; one that stands in another stops it. Raises RuleBroken, Conflict."""
    require(actor, rights.SETTLE, org)
    known = {row.id: row for row in queries.payable(actor, org.path)}
    chosen = [known[number] for number in dict.fromkeys(ids) if number in known]
    if not chosen:
        raise RuleBroken(_("请勾选要付款的结算单。"), field="ids")
    made = PayRun(
        org_id=org.id, org=org, label=tidy(label)[:80] or _("%(day)s 付款", day=clock.local_day(now)), number=len(chosen),
        fen=sum(row.total_fen for row in chosen), created_by=actor.account_id, created_at=now,
    )  # fmt: skip
    session().add(made)
    session().flush()
    free = update(Statement).where(
        Statement.id.in_([row.id for row in chosen]), Statement.state == State.CONFIRMED, Statement.payment_id.is_(None)
    )  # fmt: skip
    if update_count(free.values(payment_id=made.id).execution_options(**AFTER)) != len(chosen):
        raise Conflict(_("其中有结算单刚刚进了另一张付款单，请刷新后重新勾选。"))
    record_audit(
        "rewards.payment_drawn_up", f"rewards_payment:{made.id}", actor=actor, now=now, org_id=org.id, number=made.number, fen=made.fen
    )  # fmt: skip
    return made


def dissolve(run: PayRun, *, actor: Actor, now: datetime) -> None:
    """Take back a run that was not paid: its statements can be chosen again. Raises Conflict."""
    require(actor, rights.SETTLE, run.org)
    gone = update(PayRun).where(PayRun.id == run.id, PayRun.paid_at.is_(None)).values(label=PayRun.label)
    if not update_count(gone.execution_options(**AFTER)):
        raise Conflict(_("这张付款单已经登记过付款，不能撤回。"))
    freed = update(Statement).where(Statement.payment_id == run.id).values(payment_id=None)
    session().execute(freed.execution_options(**AFTER))
    record_audit("rewards.payment_dissolved", f"rewards_payment:{run.id}", actor=actor, now=now, org_id=run.org_id, fen=run.fen)
    session().delete(run)
    session().flush()
    session().expire_all()


def may_mark_paid(run: PayRun, actor: Actor) -> bool:
    """Say whether a run waits for somebody to say that it was paid, and this person may: not who drew it up."""
    return run.paid_at is None and run.created_by != actor.account_id


def mark_paid(run: PayRun, on: date, reference: str, *, actor: Actor, now: datetime) -> None:
    """Say that a run was paid, on which day, under which reference: each statement moves its sum. Twice is refused.

    Raises NotAllowed for who drew the run up, RuleBroken, Conflict.
    """
    require(actor, rights.SETTLE, run.org)
    if run.created_by == actor.account_id:
        raise NotAllowed(_("这张付款单是你建的，要由另一位同事登记付款。"))
    if on > clock.local_day(now):
        raise RuleBroken(_("付款日期不能在今天之后。"), field="on")
    if not (words := tidy(reference)[:80]):
        raise RuleBroken(_("请填银行回单号或凭证号。"), field="reference")
    fresh = update(PayRun).where(PayRun.id == run.id, PayRun.paid_at.is_(None))
    if not update_count(fresh.values(paid_on=on, reference=words, paid_by=actor.account_id, paid_at=now).execution_options(**AFTER)):
        raise Conflict(_("这张付款单已经登记过付款了，没有重复登记。"))
    session().refresh(run)
    for row in queries.in_payment(run.id):
        services.move(row, [State.CONFIRMED], State.PAID, paid_at=now)
        ledger.move(Kind.SETTLE, row.fund_id, row.total_fen, row.id, now=now, actor_id=actor.account_id)
    record_audit("rewards.payment_paid", f"rewards_payment:{run.id}", actor=actor, now=now, org_id=run.org_id, reference=words, fen=run.fen)
