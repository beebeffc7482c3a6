"""Answers to disputes, and corrections: asked by one, approved by another, paid with the next statement."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    RuleBroken,
    accounts_with,
    notify,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import Kind
from unionhall_rewards.settling import queries, services
from unionhall_rewards.settling.models import Adjustment, Dispute, State, Statement

AFTER = {"synchronize_session": False}
OUTCOMES = ("agreed", "declined")


def answer(found: Dispute, outcome: str, words: str, fen: int = 0, *, actor: Actor, now: datetime) -> Adjustment | None:
    """Answer a dispute. One that is agreed to asks for a correction of so many fen (with a sign); the statement itself stands.

    After the last answer the statement is with the store again. Raises RuleBroken, Conflict.
    """
    require(actor, rights.SETTLE, found.statement.org)
    note = tidy(words)[:300]
    if outcome not in OUTCOMES:
        raise RuleBroken(_("请选同意更正，还是维持原数。"), field="outcome")
    if not note:
        raise RuleBroken(_("请写明理由，门店看得到。"), field="words")
    if outcome == "agreed" and not fen:
        raise RuleBroken(_("同意更正，就要填更正多少：补给门店填正数，扣回填负数。"), field="yuan")
    made = ask(found.statement, fen, note, actor=actor, now=now) if outcome == "agreed" else None
    fresh = update(Dispute).where(Dispute.id == found.id, Dispute.outcome == "").values(
        outcome=outcome, answer=note, answered_by=actor.account_id, answered_at=now, adjustment_id=made.id if made else None
    )  # fmt: skip
    if not update_count(fresh.execution_options(**AFTER)):
        raise Conflict(_("这条疑问已经有人答复了，请刷新看看。"))
    session().refresh(found)
    statement = found.statement
    record_audit("rewards.dispute_answered", f"rewards_statement:{statement.id}", actor=actor, now=now, org_id=statement.org_id,
                 dispute=found.id, outcome=outcome)  # fmt: skip
    if not queries.unanswered(statement.id):
        services.move(statement, [State.DISPUTED], State.SENT, sent_at=now)
    return made


def ask(statement: Statement, fen: int, reason: str, *, actor: Actor, now: datetime) -> Adjustment:
    """Ask for a correction of a statement: fen with a sign, paid (or taken) with the store's next one. Raises RuleBroken."""
    require(actor, rights.SETTLE, statement.org)
    note = tidy(reason)[:300]
    if not fen:
        raise RuleBroken(_("更正的金额不能是 0。"), field="yuan")
    if abs(fen) > 100_000_000:
        raise RuleBroken(_("一次更正最多一百万元，现在填的是 %(fen)s。请再核对一遍。", fen=yuan(fen)), field="yuan")
    if not note:
        raise RuleBroken(_("请写更正的理由。"), field="words")
    made = Adjustment(
        settlement_id=statement.id, store_id=statement.store_id, fund_id=statement.fund_id, fen=fen, reason=note,
        asked_by=actor.account_id or 0, asked_at=now,
    )  # fmt: skip
    session().add(made)
    session().flush()
    record_audit("rewards.adjustment_asked", f"rewards_adjustment:{made.id}", actor=actor, now=now, org_id=statement.org_id, fen=fen)
    waits = [number for number in accounts_with(rights.SETTLE, statement.org.path, now) if number != actor.account_id]
    values = {"store": statement.store_name, "amount": yuan(fen)}
    notify("rewards.adjustment_waits", waits, values, key=f"adjustment-{made.id}", now=now, url="/desk/rewards/adjustments/",
           org_id=statement.org_id)  # fmt: skip
    return made


def may_decide(found: Adjustment, actor: Actor) -> bool:
    """Say whether a correction waits for an answer that this person may give: not their own."""
    return found.state == "asked" and found.asked_by != (actor.account_id or 0)


def approve(found: Adjustment, *, actor: Actor, now: datetime, words: str = "") -> None:
    """Approve somebody else's correction. What the store gets is set aside at once, what it owes is taken when it is cut.

    Raises NotAllowed, RuleBroken ("fund-empty"), Conflict.
    """
    _decide(found, "approved", words, actor=actor, now=now)
    if found.fen > 0:
        ledger.move(Kind.ADD, found.fund_id, found.fen, found.id, now=now, actor_id=actor.account_id)


def refuse(found: Adjustment, words: str, *, actor: Actor, now: datetime) -> None:
    """Refuse a correction, with a reason. Raises NotAllowed, RuleBroken, Conflict."""
    if not tidy(words):
        raise RuleBroken(_("不批准要写原因。"), field="words")
    _decide(found, "refused", words, actor=actor, now=now)


def _decide(found: Adjustment, state: str, words: str, *, actor: Actor, now: datetime) -> None:
    require(actor, rights.SETTLE, found.statement.org)
    if found.asked_by == (actor.account_id or 0):
        raise NotAllowed(_("自己提的更正要由另一位同事批准。"))
    fresh = update(Adjustment).where(Adjustment.id == found.id, Adjustment.state == "asked").values(
        state=state, decided_by=actor.account_id or 0, decided_at=now, answer=tidy(words)[:300]
    )  # fmt: skip
    if not update_count(fresh.execution_options(**AFTER)):
        raise Conflict(_("这份更正已经有人答复了，请刷新看看。"))
    session().refresh(found)
    record_audit(f"rewards.adjustment_{state}", f"rewards_adjustment:{found.id}", actor=actor, now=now, org_id=found.statement.org_id,
                 fen=found.fen)  # fmt: skip
