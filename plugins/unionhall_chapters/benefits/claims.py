"""What a person does with a claim of their own: start it, fill it in, send it, take it back, appeal."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    clock,
    member_view,
    orgs_by_ids,
    record_audit,
    remove_files,
    seal,
    session,
    tidy,
    unscoped,
    unseal,
)
from unionhall_chapters import queries as chapters
from unionhall_chapters.benefits import covering, facts, queries, states
from unionhall_chapters.benefits.judging import Happened, Verdict
from unionhall_chapters.benefits.models import CLAIMING, Benefit, Category, Claim, ClaimPaper, ClaimStep, State

EVENT, ACCOUNT = "chapters.event", "chapters.account"
DIGITS = (8, 32)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, as the person tells it; kept sealed. `admission` is the number on a hospital's or other document."""

    on: date
    what: str = ""
    place: str = ""
    admission: str = ""
    receipts_fen: int | None = None

    @property
    def happened(self) -> Happened:
        """Return what the rules need of it."""
        return Happened(self.on, self.receipts_fen)


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose account the money goes to; an empty account number leaves the one that is kept."""

    name: str
    bank: str
    account: str


def story(claim: Claim) -> Story:
    """Return what happened; the caller is the person, or has noted the look."""
    told = json.loads(unseal(EVENT, claim.event_sealed)) if claim.event_sealed else {}
    return Story(claim.event_on, told.get("what", ""), told.get("place", ""), told.get("admission", ""), claim.receipts_fen)


def start(member_id: int, benefit_id: int, told: Story, *, actor: Actor, now: datetime) -> Claim:
    """Return a new draft, or the one that this person has for the same benefit and day. Raises RuleBroken, saying why not."""
    benefit = queries.current_of(queries.benefit(benefit_id))
    judged = _judged(benefit, member_id, told, now)
    member = member_view(member_id)
    if member is None or judged.cover is None:
        raise NotFound()
    same = select(Claim).where(
        Claim.member_id == member_id, Claim.benefit_id == benefit.id, Claim.event_on == told.on, Claim.state == State.DRAFT
    )  # fmt: skip
    if found := session().scalar(unscoped(same, why="oneself")):
        save_story(found, told, actor=actor, now=now)
        return found
    org = orgs_by_ids([judged.cover.org_id])[judged.cover.org_id]
    chapter = next(iter(chapters.of_orgs([org.id])), None)
    above = orgs_by_ids([chapter.parent_id])[chapter.parent_id] if chapter else queries.parent_of(org)
    claim = Claim(
        org_id=org.id, org=org, settle_org_id=above.id, settle_org=above, chapter_id=chapter.id if chapter else None, benefit_id=benefit.id,
        benefit=benefit, member_id=member_id, account_id=member.account_id, name=member.name, payee_name=member.name,
        primary_cover=judged.cover.primary, created_at=now, updated_at=now, **_told(member_id, benefit, told),
    )  # fmt: skip
    session().add(claim)
    session().flush()
    record_audit("chapters.claim_started", f"claim:{claim.id}", actor=actor, now=now, org_id=org.id)
    return claim


def save_story(claim: Claim, told: Story, *, actor: Actor, now: datetime) -> None:
    """Change what happened, while it is a draft. Raises RuleBroken, Conflict."""
    _draft(claim)
    _judged(claim.benefit, claim.member_id or 0, told, now)
    for name, value in _told(claim.member_id or 0, claim.benefit, told).items():
        setattr(claim, name, value)
    claim.updated_at = now
    session().flush()


def _told(member_id: int, benefit: Benefit, told: Story) -> dict[str, object]:
    by_day, by_number = covering.marks(member_id, benefit, told.on, told.admission)
    words = {name: tidy(str(value))[:200] for name, value in asdict(told).items() if name in ("what", "place", "admission")}
    return {
        "event_on": told.on, "event_sealed": seal(EVENT, json.dumps(words, ensure_ascii=False)), "receipts_fen": told.receipts_fen,
        "date_key": by_day, "number_key": by_number,
    }  # fmt: skip


def _judged(benefit: Benefit, member_id: int, told: Story, now: datetime) -> Verdict:
    if benefit.category == Category.ILLNESS and not told.admission.strip():
        raise RuleBroken(_("请填住院号或病历号，在出院小结或发票上能找到。"), field="admission")
    if benefit.amount_rule == "percent" and not told.receipts_fen:
        raise RuleBroken(_("这一项按费用的比例发放，请填自付费用。"), field="receipts")
    found = facts.verdict(benefit, member_id, told.happened, clock.local_day(now))
    if not found.ok:
        raise RuleBroken(" ".join(reason.words for reason in found.reasons), code=found.reasons[0].code, field="on")
    return found


def save_payee(claim: Claim, payee: Payee, *, actor: Actor, now: datetime) -> None:
    """Keep where the money goes, sealed. Raises RuleBroken, Conflict."""
    _draft(claim)
    number = "".join(mark for mark in payee.account if mark not in " -")
    if number:
        if not number.isdecimal() or not DIGITS[0] <= len(number) <= DIGITS[1]:
            told = _("银行账号只有数字，%(least)s 到 %(most)s 位，请再核对一遍。", least=DIGITS[0], most=DIGITS[1])
            raise RuleBroken(told, field="account")
        claim.account_sealed, claim.account_tail = seal(ACCOUNT, number), number[-4:]
    elif not claim.account_sealed:
        raise RuleBroken(_("还没有填银行账号。"), field="account")
    claim.payee_name, claim.payee_bank, claim.updated_at = tidy(payee.name)[:60], tidy(payee.bank)[:80], now
    session().flush()


def lacking(claim: Claim) -> list[str]:
    """Return what a draft still needs before it can be sent, in words."""
    sent = {paper.slot for paper in claim.papers}
    missing = [item["label"] for slot, item in enumerate(wanted(claim.benefit)) if item["required"] and slot not in sent]
    found = [_("还缺：%(paper)s", paper=label) for label in missing]
    if not claim.account_sealed:
        found.append(_("还没有填收款账户。"))
    return found


def wanted(benefit: Benefit) -> list[dict[str, object]]:
    """Return the papers that a benefit asks for; proof of income is one of them where it is needed."""
    found: list[dict[str, object]] = list(benefit.papers)
    if benefit.needs_income:
        found.append({"label": _("家庭收入证明"), "required": True})
    return found


def submit(claim: Claim, *, consent: bool, actor: Actor, now: datetime) -> Claim | None:
    """Send a claim; sent again, it stays as it is. Returns the claim that handles the same event already. Raises RuleBroken."""
    if claim.state in CLAIMING or claim.state == State.COVERED:
        return queries.claim(claim.covered_by_id) if claim.covered_by_id else None
    if missing := lacking(claim):
        raise RuleBroken(" ".join(missing), code="incomplete")
    if not consent:
        raise RuleBroken(_("健康和账户信息要你单独同意才能使用。不同意就不能办理这一项，其他服务不受影响。"), field="consent")
    judged = _judged(claim.benefit, claim.member_id or 0, story(claim), now)
    if other := covering.stand_back(claim, actor=actor, now=now):
        return other
    states.move(
        claim, "submit", actor=actor, now=now, fen=judged.amount, asked_fen=judged.amount, submitted_at=claim.submitted_at or now,
        consent_at=now, note="",
    )  # fmt: skip
    return None


def withdraw(claim: Claim, *, actor: Actor, now: datetime) -> None:
    """Take a claim back; a draft goes for good. Raises Conflict once it is on public view or granted."""
    if claim.state == State.WITHDRAWN:
        return
    if claim.state == State.DRAFT and claim.submitted_at is None:
        discard(claim, now=now)
        return
    if claim.state not in states.MOVES["withdraw"].sources:
        raise Conflict(_("公示开始以后不能自己撤回了。要撤回请联系工会。"))
    states.move(claim, "withdraw", actor=actor, now=now, covered_by_id=None)
    covering.release(claim, now=now)


def discard(claim: Claim, *, now: datetime) -> None:
    """Remove a draft that nobody has seen, with its files."""
    remove_files([paper.file for paper in claim.papers], now=now)
    for table in (ClaimPaper, ClaimStep):
        session().execute(delete(table).where(table.claim_id == claim.id))
    session().execute(delete(Claim).where(Claim.id == claim.id))
    session().expunge(claim)


def appeal(claim: Claim, text: str, *, actor: Actor, now: datetime) -> None:
    """Ask for another look, once; somebody else decides. Raises RuleBroken, Conflict."""
    if claim.state != State.REFUSED:
        raise Conflict(_("现在不能申诉：申请没有被拒绝，或已经在复核。"))
    if claim.appealed_at is not None:
        raise RuleBroken(_("申诉只有一次，已经用过了。还有疑问请联系工会。"), code="once")
    if not (words := tidy(text, one_line=False)[:600]):
        raise RuleBroken(_("请写明为什么不同意。"), field="text")
    act = "appeal_first" if claim.refused_from == State.SUBMITTED else "appeal"
    states.move(claim, act, actor=actor, now=now, text=words, appeal=words, appealed_at=now)


def _draft(claim: Claim) -> None:
    if claim.state != State.DRAFT:
        raise Conflict(_("申请已经提交，不能再改。要改请先撤回，或等退回。"))
