"""The demo's benefits: a catalogue of eight, claims in every state, one on public view, one settled by the other cover. All invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import SYSTEM, Actor, Org, clock, demo_account, orgs_by_ids, roster_lines, session, unscoped
from unionhall_chapters.benefits import catalogue, checking, claims, payments
from unionhall_chapters.benefits.catalogue import Terms
from unionhall_chapters.benefits.claims import Payee, Story
from unionhall_chapters.benefits.models import Benefit, Claim
from unionhall_chapters.models import OPEN, Chapter

SINCE = date(2024, 1, 1)
ACCOUNT = "6222020000000000000"
FIRST, SECOND = Actor(account_id=None, name="初审（演示）", system=True), Actor(account_id=None, name="复审（演示）", system=True)
TERMS = (
    ("union", Terms("illness", "住院慰问金", "up_to", 200_000, SINCE, "因病住院的会员，出院后可以申请。", "union", "区总工会帮扶经费",
                    papers=(("出院小结", True), ("费用发票", False)), waiting_months=0, per_year=2)),
    ("union", Terms("birth", "生育慰问", "fixed", 50_000, SINCE, "会员生育，凭出生证明领取。", "union", "区总工会经费",
    papers=(("出生证明", True),),
                    waiting_months=0)),
    ("union", Terms("hardship", "困难帮扶", "up_to", 500_000, SINCE, "家庭遇到大的变故，一事一议。", "union", "区总工会帮扶经费",
                    papers=(("情况说明", True),), waiting_months=0, needs_income=True, publicity=True, per_year=1)),
    ("union", Terms("legal", "法律援助补贴", "percent", 300_000, SINCE, "劳动争议请律师的，按自付费用补贴。", "union", "法律援助专项", 50,
                    papers=(("律师费发票", True),), waiting_months=0)),
    ("chapter", Terms("illness", "会员探望金", "fixed", 30_000, SINCE, "协会派人探望，另送一份心意。", "chapter", "协会会费",
                      papers=(("出院小结", True),), waiting_months=0, supplement=True)),
    ("chapter", Terms("bereavement", "亲人去世慰问", "fixed", 80_000, SINCE, "会员的父母、配偶、子女去世。", "chapter", "协会会费",
    waiting_months=0)),
    ("chapter", Terms("marriage", "新婚贺礼", "fixed", 20_000, SINCE, "新婚的会员，半年内领取。", "chapter", "协会会费", waiting_months=0)),
    ("chapter", Terms("checkup", "健康体检补贴", "percent", 60_000, SINCE, "每年一次，凭发票报一半。", "chapter", "健康职工项目", 50,
                      waiting_months=0, per_year=1)),
    ("union", Terms("illness", "大病二次救助", "up_to", 1_000_000, SINCE, "自付费用很高的大病，一事一议；同一次住院与住院慰问金不重复。",
    "union",
                    "职工互助保障", papers=(("费用发票", True),), waiting_months=0, publicity=True)),
)  # fmt: skip


def load(now: datetime) -> None:
    """Tell it, for the first chapter that is open and has members; nothing where there is none."""
    chapter = session().scalars(unscoped(select(Chapter).where(Chapter.state.in_(OPEN)).order_by(Chapter.id), why="demo")).first()
    if chapter is None:
        return
    orgs = orgs_by_ids([chapter.org_id, chapter.parent_id])
    places = {"union": orgs[chapter.parent_id], "chapter": orgs[chapter.org_id]}
    offers = [catalogue.add(places[where], terms, actor=SYSTEM, now=now - timedelta(days=200)) for where, terms in TERMS]
    people = [line for line in roster_lines(chapter.org_id) if line.status in ("active", "kept")]
    own = next((line.member_id for line in people if line.account_id == demo_account("member")), None)
    others = [line.member_id for line in people if line.member_id != own]
    for place, (at, what, until) in enumerate(_TOLD):
        if place < len(others):
            _one(others[place], offers[at], what, until, places["union"], now - timedelta(days=20 - place))
    for at, what, until in _OWN if own else ():
        _one(own or 0, offers[at], what, until, places["union"], now - timedelta(days=12))


_TOLD = (  # benefit, what happened, how far it is
    (7, "年度体检", "draft"), (6, "领证结婚", "submitted"), (5, "父亲去世", "checked"), (5, "母亲去世", "returned"), (2, "爱人失业",
    "publicity"),
    (7, "年度体检", "approved"), (6, "领证结婚", "refused"), (5, "岳父去世", "paid"), (4, "阑尾炎手术", "closed"), (7, "年度体检",
    "withdrawn"),
)  # fmt: skip
_OWN = ((7, "年度体检", "paid"), (0, "骨折住院 6 天", "checked"), (8, "骨折住院 6 天", "submitted"), (6, "领证结婚", "draft"))


def _one(member_id: int, benefit: Benefit, what: str, until: str, union: Org, now: datetime) -> Claim:
    on = clock.local_day(now) - timedelta(days=9)
    told = Story(on, what, "桐湾市", f"ZY{member_id:06d}", 80_000)
    claim = claims.start(member_id, benefit.id, told, actor=SYSTEM, now=now)
    claims.save_payee(claim, Payee(claim.name, "工商银行桐湾支行", f"{ACCOUNT}{member_id % 1000:03d}"), actor=SYSTEM, now=now)
    if until == "draft":
        return claim
    _sent(claim, now)
    if until == "withdrawn":
        claims.withdraw(claim, actor=SYSTEM, now=now)
    elif until == "returned":
        checking.give_back(claim, "请补一张火化证明的照片。", actor=FIRST, now=now)
    elif until == "refused":
        checking.refuse(claim, "papers", "结婚证的日期看不清，请重新拍照后申诉。", actor=FIRST, now=now)
    elif until != "submitted":
        _further(claim, until, union, now + timedelta(days=1))
    return claim


def _sent(claim: Claim, now: datetime) -> None:
    """Send a claim whose papers lie in a drawer: the demo has no photos of papers."""
    kept, claim.benefit.papers = claim.benefit.papers, []
    income, claim.benefit.needs_income = claim.benefit.needs_income, False
    claims.submit(claim, consent=True, actor=SYSTEM, now=now)
    claim.benefit.papers, claim.benefit.needs_income = kept, income


def _further(claim: Claim, until: str, union: Org, now: datetime) -> None:
    fen = claim.asked_fen or claim.benefit.amount
    checking.check(claim, fen, actor=FIRST, now=now)
    if until == "checked":
        return
    if until == "publicity":
        checking.publish(claim, f"{union.name}保障工作部 0570-88001234", actor=SECOND, now=now + timedelta(days=14))
        return
    checking.approve(claim, fen, actor=SECOND, now=now)
    if until in ("paid", "closed"):
        payment = payments.draw_up(union, [claim.id], "", actor=SECOND, now=now)
        payments.mark_paid(payment, clock.local_day(now), f"HD{claim.id:05d}", actor=SECOND, now=now)
    if until == "closed":
        checking.visit(claim, clock.local_day(now), "带了水果去家里看望，恢复得不错。", actor=FIRST, now=now)
        checking.close(claim, actor=FIRST, now=now)
