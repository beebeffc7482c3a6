"""Benefits in their versions, claims, papers, what is settled, and payments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned

CURRENT = text("current")
LIVE = text("live")


class Category(StrEnum):
    """What a benefit is for."""

    ILLNESS = "illness"
    BIRTH = "birth"
    MARRIAGE = "marriage"
    BEREAVEMENT = "bereavement"
    HARDSHIP = "hardship"
    RETIREMENT = "retirement"
    CHECKUP = "checkup"
    LEGAL = "legal"
    MUTUAL = "mutual"


class AmountRule(StrEnum):
    """How much is paid: always the same, at most so much, or a share of the receipts with a cap."""

    FIXED = "fixed"
    UP_TO = "up_to"
    PERCENT = "percent"


class State(StrEnum):
    """Where a claim stands (features.md, section 10). COVERED: the same event is settled by another claim."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    PUBLICITY = "publicity"
    APPROVED = "approved"
    REFUSED = "refused"
    COVERED = "covered"
    WITHDRAWN = "withdrawn"
    PAID = "paid"
    CLOSED = "closed"


OPEN = (State.SUBMITTED, State.CHECKED, State.PUBLICITY, State.APPROVED)
SETTLED = (State.APPROVED, State.PAID, State.CLOSED)
CLAIMING = (*OPEN, State.PAID, State.CLOSED)
_STATES = ",".join(f"'{state}'" for state in State)
_CATEGORIES = ",".join(f"'{category}'" for category in Category)


class Benefit(OrgOwned, Model):
    """One version of a benefit of an org, valid at and below it. A change makes a new row of the same `series`; claims keep theirs."""

    __tablename__ = "chapters_benefit"
    __table_args__ = (
        CheckConstraint(f"category in ({_CATEGORIES})", name="category"),
        CheckConstraint("payer in ('union','chapter')", name="payer"),
        CheckConstraint("amount_rule in ('fixed','up_to','percent')", name="amount_rule"),
        CheckConstraint("amount > 0 and percent between 0 and 100", name="amount"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="valid"),
        Index("uq_chapters_benefit_number", "series", "number", unique=True),
        Index("uq_chapters_benefit_current", "series", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    offered: Mapped[bool] = mapped_column(default=True)
    category: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(80))
    intro: Mapped[str] = mapped_column(Text, default="")
    payer: Mapped[str] = mapped_column(String(10))
    fund: Mapped[str] = mapped_column(String(80), default="")
    amount_rule: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    percent: Mapped[int] = mapped_column(default=0)
    papers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    window_days: Mapped[int]
    waiting_months: Mapped[int | None]
    per_year: Mapped[int | None]
    per_year_fen: Mapped[int | None]
    audience: Mapped[list[str]] = mapped_column(JSON, default=list)
    needs_income: Mapped[bool] = mapped_column(default=False)
    publicity: Mapped[bool] = mapped_column(default=False)
    supplement: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)


class Claim(OrgOwned, Model):
    """One person's claim for one event. `org_id` checks first, `settle_org_id` decides; `date_key` and `number_key` are the event's marks.

    Health details and the account number are sealed; erased claims keep what the books need: amount, dates, marks.
    """

    __tablename__ = "chapters_claim"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("(state = 'covered') = (covered_by_id is not null)", name="covered"),
        CheckConstraint("state not in ('approved','paid','closed') or decided_fen > 0", name="amount"),
        CheckConstraint("state not in ('paid','closed') or paid_on is not null", name="paid"),
        CheckConstraint("decided_by is null or checked_by is null or decided_by <> checked_by", name="two_people"),
        Index("ix_chapters_claim_list", "org_id", "state", "id"),
        Index("ix_chapters_claim_keys", "date_key"),
        Index("ix_chapters_claim_number", "number_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    settle_org_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    benefit_id: Mapped[int] = mapped_column(ForeignKey("chapters_benefit.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    primary_cover: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    event_on: Mapped[date]
    event_sealed: Mapped[str] = mapped_column(Text, default="")
    date_key: Mapped[str] = mapped_column(String(64))
    number_key: Mapped[str] = mapped_column(String(64), default="")
    receipts_fen: Mapped[int | None]
    payee_name: Mapped[str] = mapped_column(String(60), default="")
    payee_bank: Mapped[str] = mapped_column(String(80), default="")
    account_sealed: Mapped[str] = mapped_column(String(300), default="")
    account_tail: Mapped[str] = mapped_column(String(4), default="")
    consent_at: Mapped[datetime | None]
    asked_fen: Mapped[int | None]
    checked_fen: Mapped[int | None]
    decided_fen: Mapped[int | None]
    checked_by: Mapped[int | None]
    decided_by: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    refused_code: Mapped[str] = mapped_column(String(20), default="")
    refused_text: Mapped[str] = mapped_column(String(300), default="")
    refused_by: Mapped[int | None]
    refused_from: Mapped[str] = mapped_column(String(10), default="")
    appeal: Mapped[str] = mapped_column(String(600), default="")
    appealed_at: Mapped[datetime | None]
    covered_by_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_claim.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_payment.id"), index=True)
    paid_on: Mapped[date | None]
    visit_on: Mapped[date | None]
    visit_note: Mapped[str] = mapped_column(String(300), default="")
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True, foreign_keys="Claim.org_id")
    settle_org: Mapped[Org] = relationship(lazy="joined", innerjoin=True, foreign_keys="Claim.settle_org_id")
    benefit: Mapped[Benefit] = relationship(lazy="joined", innerjoin=True)
    papers: Mapped[list[ClaimPaper]] = relationship(order_by="ClaimPaper.id", cascade="all, delete-orphan")
    steps: Mapped[list[ClaimStep]] = relationship(order_by="ClaimStep.id", cascade="all, delete-orphan")

    @property
    def number(self) -> str:
        """Return the number that people quote."""
        return f"FL-{self.id:06d}"


class ClaimPaper(Model):
    """One photo or document of a claim, in private storage; `slot` is its place in the benefit's list of papers."""

    __tablename__ = "chapters_claim_paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("chapters_claim.id"), index=True)
    slot: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))
    file: Mapped[str] = mapped_column(String(80))
    mime: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class ClaimStep(Model):
    """One line of a claim's history: what was done, by whom, what the person reads of it."""

    __tablename__ = "chapters_claim_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("chapters_claim.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(String(600), default="")
    fen: Mapped[int | None]


class Settlement(Model):
    """That an approved claim settles an event, or takes one of a year's turns: a key is live once, whatever covers there are."""

    __tablename__ = "chapters_settlement"
    __table_args__ = (
        Index("uq_chapters_settlement_key", "key", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("chapters_claim.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    live: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Payment(OrgOwned, Model):
    """A list of approved claims that is paid together, once."""

    __tablename__ = "chapters_payment"
    __table_args__ = (
        CheckConstraint("(paid_at is null) = (paid_on is null)", name="paid"),
        CheckConstraint("number > 0 and fen > 0", name="sums"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    fen: Mapped[int]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(80), default="")
    paid_by: Mapped[int | None]
    paid_at: Mapped[datetime | None]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
