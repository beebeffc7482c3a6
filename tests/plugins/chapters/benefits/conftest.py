"""A district, two chapters below it, somebody in both and in a firm's union, and the people who check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import update

from unionhall.accounts.administration import grant
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.members.models import Membership
from unionhall.orgs.models import Org, OrgKind
from unionhall_chapters.benefits import catalogue, claims, queries
from unionhall_chapters.benefits.catalogue import Terms
from unionhall_chapters.benefits.claims import Payee, Story

EVENT_DAY = date(2026, 5, 1)
ACCOUNT = "6222020000001234567"


@dataclass
class Town:
    """Ids of what the tests are about."""

    make: object
    district: int
    firm: int
    first: int
    second: int
    officer: int
    other_officer: int
    first_org: int
    second_org: int
    settler: int
    settler2: int
    member: int
    account: int

    def actor(self, account_id):
        return self.make.actor_of(db.session().get(Account, account_id, execution_options={"unionhall_scope": "test"}))

    def org(self, org_id):
        return db.session().get(Org, org_id)

    def benefit(self, org_id=None, **more):
        terms = {"category": "illness", "name": "住院慰问金", "amount_rule": "fixed", "amount": 100_000, "valid_from": date(2020, 1, 1), "waiting_months": 0}
        return catalogue.add(self.org(org_id or self.first_org), Terms(**(terms | more)), actor=SYSTEM, now=clock.now())

    def draft(self, benefit, on=EVENT_DAY, admission="ZY-2026-001", **more):
        actor = self.actor(self.account)
        claim = claims.start(self.member, benefit.id, Story(on, "住院", "市医院", admission, **more), actor=actor, now=clock.now())
        claims.save_payee(claim, Payee("王芳", "工商银行", ACCOUNT), actor=actor, now=clock.now())
        return claim

    def submitted(self, benefit, **more):
        claim = self.draft(benefit, **more)
        claims.submit(claim, consent=True, actor=self.actor(self.account), now=clock.now())
        return claim

    def claim(self, claim_id):
        db.session().expire_all()
        return queries.claim(claim_id)


@pytest.fixture
def town(work, make, chapter):
    with work() as session:
        district = make.org(kind=OrgKind.DISTRICT)
        firm = make.org(district, OrgKind.ENTERPRISE, "恒渡机电工会")
        first, second = chapter(district, name="太极协会工会"), chapter(district, name="书画协会工会")
        orgs = {item.id: session.get(Org, item.org_id) for item in (first, second)}
        officers = []
        for item in (first, second):
            account = make.account(name="初审员")
            grant(account, "chapters.officer", orgs[item.id], actor=SYSTEM, now=clock.now())
            officers.append(account.id)
        settlers = [make.account(Role.ORG_ADMIN, district, name=name).id for name in ("复审员", "第二复审员")]
        member = make.member(firm, name="王芳", account=True, also=tuple(orgs.values()))
        session.execute(update(Membership).where(Membership.member_id == member.id).values(joined_on=date(2025, 1, 1)))
        return Town(
            make, district.id, firm.id, first.id, second.id, officers[0], officers[1], first.org_id, second.org_id, *settlers, member.id,
            member.account_id,
        )  # fmt: skip
