"""Funds, requests for money, and the ledger. A movement takes an amount from one account of a fund to another: it sums to zero by
construction, is written once for each cause, and is never changed (a trigger refuses it).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned

STANDING = text("state <> 'refused' and document <> ''")


class Account(StrEnum):
    """Where money of a fund is: outside, free, in the pool of a draw, in live coupons, owed to stores, paid to stores."""

    TREASURY = "treasury"
    FREE = "free"
    POOL = "pool"
    LIVE = "live"
    SPENT = "spent"
    SETTLED = "settled"


class Kind(StrEnum):
    """Why money moves; `ref_id` of a movement is the id of what caused it, given in brackets."""

    GRANT = "grant"  # (budget)
    WITHDRAW = "withdraw"  # (budget)
    RESERVE = "reserve"  # (prize)
    RELEASE = "release"  # (prize)
    ISSUE = "issue"  # (coupon) from the pool of a draw
    GIVE = "give"  # (coupon) by hand, two approvers
    REDEEM = "redeem"  # (redemption)
    REST = "rest"  # (redemption) what a coupon was worth more than was deducted
    REVERSE = "reverse"  # (redemption that reverses)
    UNREST = "unrest"  # (redemption that reverses)
    EXPIRE = "expire"  # (coupon)
    VOID = "void"  # (coupon)
    SETTLE = "settle"  # (settlement)
    ADD = "add"  # (adjustment) a store was owed more than its redemptions say
    DEDUCT = "deduct"  # (adjustment) a store was owed less


PATHS: dict[Kind, tuple[Account, Account]] = {
    Kind.GRANT: (Account.TREASURY, Account.FREE), Kind.WITHDRAW: (Account.FREE, Account.TREASURY),
    Kind.RESERVE: (Account.FREE, Account.POOL), Kind.RELEASE: (Account.POOL, Account.FREE),
    Kind.ISSUE: (Account.POOL, Account.LIVE), Kind.GIVE: (Account.FREE, Account.LIVE),
    Kind.REDEEM: (Account.LIVE, Account.SPENT), Kind.REST: (Account.LIVE, Account.FREE),
    Kind.REVERSE: (Account.SPENT, Account.LIVE), Kind.UNREST: (Account.FREE, Account.LIVE),
    Kind.EXPIRE: (Account.LIVE, Account.FREE), Kind.VOID: (Account.LIVE, Account.FREE),
    Kind.SETTLE: (Account.SPENT, Account.SETTLED),
    Kind.ADD: (Account.FREE, Account.SPENT), Kind.DEDUCT: (Account.SPENT, Account.FREE),
}  # fmt: skip
PATHS_CHECK = " or ".join(f"(kind = '{kind}' and source = '{source}' and target = '{target}')" for kind, (source, target) in PATHS.items())


class Fund(OrgOwned, Model):
    """An incentive fund. `free_fen` is what may still be reserved; it is the one balance kept, for it is the ceiling. From
    `freeze_percent` of what was granted on, nothing more is reserved.
    """

    __tablename__ = "rewards_fund"
    __table_args__ = (
        CheckConstraint("free_fen >= 0", name="free"),
        CheckConstraint("freeze_percent between 1 and 100", name="freeze"),
        CheckConstraint("granted_fen >= 0", name="granted"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    source_code: Mapped[str] = mapped_column(String(40), default="")
    granted_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    free_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    freeze_percent: Mapped[int] = mapped_column(default=100)
    monthly_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """What is usually granted each month: fills in the request."""
    note: Mapped[str] = mapped_column(String(300), default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)


class Budget(Model):
    """A request to put money into a fund, or to take it out: asked by one, decided by another."""

    __tablename__ = "rewards_budget"
    __table_args__ = (
        CheckConstraint("kind in ('grant','withdraw')", name="kind"),
        CheckConstraint("state in ('asked','approved','refused')", name="state"),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("decided_by is null or decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state = 'asked') = (decided_at is null)", name="decided"),
        Index(
            "uq_rewards_budget_document", "fund_id", "kind", "month", "document", unique=True, sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    month: Mapped[str] = mapped_column(String(7))
    """For which month, "2026-05"."""
    fen: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")

    fund: Mapped[Fund] = relationship(lazy="joined", innerjoin=True)


class Movement(Model):
    """One line of the ledger: an amount from one account to another, for one cause, once."""

    __tablename__ = "rewards_movement"
    __table_args__ = (
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint(PATHS_CHECK, name="path"),
        UniqueConstraint("kind", "ref_id", name="uq_rewards_movement_cause"),
        Index("ix_rewards_movement_fund_day", "fund_id", "day", "kind", "fen"),
        Index("ix_rewards_movement_fund_id", "fund_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"))
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(String(10))
    fen: Mapped[int] = mapped_column(BigInteger)
    ref_id: Mapped[int]
    day: Mapped[date]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
