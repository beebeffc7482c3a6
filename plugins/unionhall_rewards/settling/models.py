"""Settling with stores: statements, their lines, disputes, corrections, payments; and what the daily proof said.

A statement is written once: its lines and totals are refused any change by triggers, whatever is wrong goes into the next period.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned
from unionhall_rewards.fund.models import Fund


class State(StrEnum):
    """Where a statement stands; from CLOSED on nothing of it changes."""

    CUT = "cut"
    SENT = "sent"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    PAID = "paid"
    CLOSED = "closed"


class PayRun(OrgOwned, Model):
    """A run of payments: statements that are paid together, once."""

    __tablename__ = "rewards_payment"
    __table_args__ = (
        CheckConstraint("fen > 0 and number > 0", name="fen"),
        CheckConstraint("(paid_at is null) = (paid_on is null)", name="paid"),
        CheckConstraint("paid_by is null or created_by is null or paid_by <> created_by", name="two_people"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    fen: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(80), default="")
    paid_by: Mapped[int | None]
    paid_at: Mapped[datetime | None]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)


class Statement(OrgOwned, Model):
    """What a fund owes a store for a month. `body` is the canonical JSON that `hash` is of; `seal` is the site's keyed hash of `hash`.

    `hash` is "" only inside the transaction that cuts it: then totals and lines are still open.
    """

    __tablename__ = "rewards_settlement"
    __table_args__ = (
        UniqueConstraint("store_id", "fund_id", "month", name="uq_rewards_settlement_period"),
        CheckConstraint("state in ('cut','sent','confirmed','disputed','paid','closed')", name="state"),
        CheckConstraint("total_fen = redeemed_fen - reversed_fen + adjusted_fen", name="total"),
        CheckConstraint("total_fen >= 0 and redeemed_fen >= 0 and reversed_fen >= 0", name="fen"),
        CheckConstraint("state not in ('paid') or payment_id is not null", name="paid"),
        Index("ix_rewards_settlement_month", "month", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stations_store.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    until: Mapped[date]
    """The last Shanghai day that is in it."""
    store_name: Mapped[str] = mapped_column(String(80))
    legal_name: Mapped[str] = mapped_column(String(120), default="")
    redeemed_count: Mapped[int] = mapped_column(default=0)
    redeemed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    reversed_count: Mapped[int] = mapped_column(default=0)
    reversed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    adjusted_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    total_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    body: Mapped[str] = mapped_column(Text, default="")
    hash: Mapped[str] = mapped_column(String(64), default="")
    seal: Mapped[str] = mapped_column(String(64), default="")
    cut_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default=State.CUT.value)
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    """The account that recorded the store's answer; None when the store answered at its till."""
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("stations_clerk.id"))
    answer: Mapped[str] = mapped_column(String(300), default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_payment.id"), index=True)
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    fund: Mapped[Fund] = relationship(lazy="joined", innerjoin=True)
    payment: Mapped[PayRun | None] = relationship(lazy="joined")

    @property
    def number(self) -> str:
        """Return the number that is printed."""
        return f"JS-{self.month.replace('-', '')}-{self.id:05d}"


class Adjustment(Model):
    """A correction of a statement that stands: asked by one, approved by another, paid or taken with the next one. `fen` has a sign."""

    __tablename__ = "rewards_adjustment"
    __table_args__ = (
        CheckConstraint("fen <> 0", name="fen"),
        CheckConstraint("state in ('asked','approved','refused')", name="state"),
        CheckConstraint("(state = 'asked') = (decided_at is null)", name="decided"),
        CheckConstraint("decided_by is null or decided_by <> asked_by", name="two_people"),
        Index("ix_rewards_adjustment_store", "store_id", "fund_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    settlement_id: Mapped[int] = mapped_column(ForeignKey("rewards_settlement.id"), index=True)
    """The statement that it corrects."""
    store_id: Mapped[int] = mapped_column(ForeignKey("stations_store.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"))
    fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")

    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)


class StatementLine(Model):
    """One line of a statement: a redemption (+), a reversal (-), or a correction. Each stands in one statement only."""

    __tablename__ = "rewards_line"
    __table_args__ = (
        CheckConstraint("(redemption_id is null) <> (adjustment_id is null)", name="cause"),
        CheckConstraint("fen <> 0", name="fen"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    settlement_id: Mapped[int] = mapped_column(ForeignKey("rewards_settlement.id"), index=True)
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_redemption.id"), unique=True)
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_adjustment.id"), unique=True)
    fen: Mapped[int] = mapped_column(BigInteger)


class Dispute(Model):
    """What a store says is wrong: with one line, or with the whole statement (no line: something is missing)."""

    __tablename__ = "rewards_dispute"
    __table_args__ = (
        UniqueConstraint("settlement_id", "line_id", name="uq_rewards_dispute_line"),
        CheckConstraint("outcome in ('','agreed','declined')", name="outcome"),
        CheckConstraint("(outcome = '') = (answered_at is null)", name="answered"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    settlement_id: Mapped[int] = mapped_column(ForeignKey("rewards_settlement.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_line.id"))
    words: Mapped[str] = mapped_column(String(300))
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("stations_clerk.id"))
    recorded_by: Mapped[int | None]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10), default="")
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_adjustment.id"), unique=True)
    """The correction that was asked for because of it."""
    answer: Mapped[str] = mapped_column(String(300), default="")
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]

    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)


class SettledMonth(Model):
    """That a month was cut for every store: the job does not look again."""

    __tablename__ = "rewards_period"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    number: Mapped[int]
    fen: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[datetime]


class Reconciliation(Model):
    """What a proof of the accounts said."""

    __tablename__ = "rewards_reconciliation"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    ok: Mapped[bool]
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
