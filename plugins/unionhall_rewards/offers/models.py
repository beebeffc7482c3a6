"""Merchants and what they offer to members. No fund pays for it: the merchant does."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned


class Trade(StrEnum):
    """What a merchant sells."""

    FOOD = "food"
    SHOPPING = "shopping"
    HEALTH = "health"
    CULTURE = "culture"
    TRAVEL = "travel"
    HOUSEHOLD = "household"


class OfferState(StrEnum):
    """Where an offer stands. Readers see it while it is APPROVED, within its days and those of the merchant's agreement."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


_TRADES = ",".join(f"'{trade}'" for trade in Trade)


class Merchant(OrgOwned, Model):
    """A merchant with an agreement. `account_id` is who may write offers and read the figures without the desk."""

    __tablename__ = "rewards_merchant"
    __table_args__ = (
        CheckConstraint(f"trade in ({_TRADES})", name="trade"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="period"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    trade: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    agreement: Mapped[str] = mapped_column(String(80), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)


class Offer(OrgOwned, Model):
    """An offer of a merchant. `total` and `per_member` limit how often it is used, None does not; the union's yes is somebody else's."""

    __tablename__ = "rewards_offer"
    __table_args__ = (
        CheckConstraint("state in ('draft','submitted','approved','returned','withdrawn')", name="state"),
        CheckConstraint("until >= since", name="period"),
        CheckConstraint("used >= 0 and (total is null or used <= total)", name="used"),
        CheckConstraint("per_member between 1 and 366", name="per_member"),
        CheckConstraint("state <> 'approved' or (approved_by is not null and approved_by <> written_by)", name="two_people"),
        Index("ix_rewards_offer_shown", "state", "until"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("rewards_merchant.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    terms: Mapped[str] = mapped_column(Text, default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id"))
    since: Mapped[date]
    until: Mapped[date]
    total: Mapped[int | None]
    per_member: Mapped[int] = mapped_column(default=1)
    """How often one member may use it, on one day at most once."""
    used: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default=OfferState.DRAFT.value)
    written_by: Mapped[int | None]
    approved_by: Mapped[int | None]
    returned_for: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    merchant: Mapped[Merchant] = relationship(lazy="joined", innerjoin=True)


class OfferUse(Model):
    """That a member showed an offer at the shop: the `number`-th time. The shop sees the live page of it for a few minutes."""

    __tablename__ = "rewards_offer_use"
    __table_args__ = (
        UniqueConstraint("offer_id", "member_id", "number", name="uq_rewards_offer_use_number"),
        UniqueConstraint("offer_id", "member_id", "day", name="uq_rewards_offer_use_day"),
        CheckConstraint("number > 0", name="number"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("rewards_offer.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    number: Mapped[int]
    day: Mapped[date]
    at: Mapped[datetime]
