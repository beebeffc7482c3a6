"""How long what is behind a claim is kept: papers, illness and account go, what the books need stays; one's own data; orgs that end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update

from unionhall.plugin import (
    SYSTEM,
    Kept,
    Person,
    PersonalData,
    clock,
    record_audit,
    remove_files,
    session,
    unit_of_work,
    unscoped,
    unseal,
)
from unionhall_chapters.benefits import claims, covering, queries, states
from unionhall_chapters.benefits.labels import yuan
from unionhall_chapters.benefits.models import Benefit, Claim, ClaimPaper, Payment, State
from unionhall_chapters.models import Chapter, ChapterState

KEEP = timedelta(days=90)
CLOSE_AFTER = timedelta(days=30)
BOOK_YEARS = 10
ENDED = (State.REFUSED, State.WITHDRAWN, State.COVERED, State.CLOSED)


def tend(now: datetime) -> int:
    """Close what was paid long ago, erase what has been kept long enough, hand over what a dissolved chapter left (a job)."""
    return _each(_paid_before((now - CLOSE_AFTER).date()), _close, now) + _each(_done_before(now - KEEP), _forget_one, now) + _each(
        _orphans(), _hand_up, now
    )


def _each(ids: list[int], act: Any, now: datetime) -> int:
    for claim_id in ids:
        session().rollback()
        with unit_of_work():
            act(queries.claim(claim_id), now)
    return len(ids)


def _ids(*conditions: Any) -> list[int]:
    return list(session().scalars(unscoped(select(Claim.id).where(*conditions).order_by(Claim.id), why="job")))


def _paid_before(day: date) -> list[int]:
    return _ids(Claim.state == State.PAID, Claim.paid_on <= day)


def _done_before(moment: datetime) -> list[int]:
    over = (*ENDED, State.DRAFT)
    return _ids(Claim.state.in_(over), Claim.erased_at.is_(None), or_(Claim.closed_at <= moment, Claim.updated_at <= moment))


def _orphans() -> list[int]:
    """Return open claims of chapters that were dissolved: the union above checks them."""
    gone = select(Chapter.id).where(Chapter.state == ChapterState.DISSOLVED)
    return _ids(Claim.state.in_((State.SUBMITTED, State.REFUSED)), Claim.chapter_id.in_(gone), Claim.org_id != Claim.settle_org_id)


def _close(claim: Claim, now: datetime) -> None:
    states.move(claim, "close", actor=SYSTEM, now=now, closed_at=now)


def _hand_up(claim: Claim, now: datetime) -> None:
    claim.org_id = claim.settle_org_id
    session().flush()
    record_audit("chapters.claim_handed_up", f"claim:{claim.id}", actor=SYSTEM, now=now, org_id=claim.org_id)


def _forget_one(claim: Claim, now: datetime) -> None:
    if claim.state == State.DRAFT and claim.submitted_at is None:
        claims.discard(claim, now=now)
        return
    forget(claim, now)
    record_audit("chapters.claim_erased", f"claim:{claim.id}", actor=SYSTEM, now=now, org_id=claim.org_id)


def forget(claim: Claim, now: datetime) -> None:
    """Erase papers, what happened and the account of a claim; number, amount, dates and marks stay."""
    remove_files([paper.file for paper in claim.papers], now=now)
    claim.papers.clear()
    claim.event_sealed, claim.account_sealed, claim.account_tail, claim.payee_bank, claim.payee_name = "", "", "", "", ""
    claim.visit_note, claim.appeal, claim.erased_at = "", "", now
    for step in claim.steps:
        step.text = ""
    session().flush()


def stored_files() -> Iterable[str]:
    """Yield the names of all files of claims."""
    yield from session().scalars(select(ClaimPaper.file).execution_options(yield_per=1000))


def export(person: Person) -> Mapping[str, Any]:
    """Return a person's claims with everything behind them."""
    rows = [_told(claim) for claim in queries.of_member(person.member_id)] if person.member_id else []
    return {_("福利申请"): rows} if rows else {}


def _told(claim: Claim) -> dict[str, Any]:
    story = claims.story(claim)
    account = unseal(claims.ACCOUNT, claim.account_sealed) if claim.account_sealed else ""
    return {
        _("编号"): claim.number, _("福利"): claim.benefit.name, _("工会"): claim.org.name, _("哪天"): claim.event_on.isoformat(),
        _("什么事"): story.what, _("在哪里"): story.place, _("住院号或证件号"): story.admission,
        _("金额"): yuan(claim.decided_fen or claim.asked_fen),
        _("收款账户"): f"{claim.payee_name} {claim.payee_bank} {account}".strip(), _("材料"): [paper.name for paper in claim.papers],
        _("提交"): clock.local(claim.submitted_at).isoformat() if claim.submitted_at else None,
        _("发放日期"): claim.paid_on.isoformat() if claim.paid_on else None,
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Withdraw what is not decided and erase what is behind every claim; what was granted stays in the books."""
    rows = queries.of_member(person.member_id) if person.member_id else []
    kept: list[Kept] = []
    for claim in rows:
        if claim.state == State.DRAFT and claim.submitted_at is None:
            claims.discard(claim, now=now)
            continue
        if claim.state in (State.PUBLICITY, State.APPROVED):
            kept.append(Kept(_l("还没有发放的福利申请和收款账号"), _l("发放以后按期删除；现在就要删，请先请工会撤回申请")))
            continue
        if claim.state in states.MOVES["withdraw"].sources:
            states.move(claim, "withdraw", actor=SYSTEM, now=now, covered_by_id=None)
            covering.release(claim, now=now)
        forget(claim, now)
        if claim.paid_on:
            until = clock.first_moment(date(claim.paid_on.year + BOOK_YEARS, 12, 31))
            kept.append(Kept(_l("发放过的福利：姓名、金额、日期"), _l("会计档案要保存 10 年（会计档案管理办法）"), until))
        else:
            claim.name = ""
        claim.account_id = None
    session().flush()
    return kept


def hand_over(source_id: int, target_id: int) -> None:
    """Give benefits, claims and payments of an org to the one that stays."""
    for table in (Benefit, Claim, Payment):
        session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id))
    session().execute(update(Claim).where(Claim.settle_org_id == source_id).values(settle_org_id=target_id))


PERSONAL = PersonalData("chapters.claims", _l("福利申请"), export, erase)
