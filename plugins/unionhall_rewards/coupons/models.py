"""Kinds of coupons, coupons, gifts by hand, and taking coupons back. Codes are kept sealed, and looked up by a keyed hash."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned
from unionhall_rewards.fund.models import Fund

ASKED = text("state = 'asked'")
LONGEST_KEY = 40


class Form(StrEnum):
    """What a coupon does at the till: takes an amount off, gives a thing, takes a share off up to a cap."""

    CASH_OFF = "cash_off"
    ITEM = "item"
    PERCENT = "percent"


class CouponState(StrEnum):
    """Where a coupon stands. While a till holds it (three minutes), it is ISSUED with `held_until`."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    VOIDED = "voided"


class CouponKind(OrgOwned, Model):
    """A kind of coupon. `face_fen` is the most that one can cost its fund. It is not changed once a draw that gives it is published."""

    __tablename__ = "rewards_coupon_kind"
    __table_args__ = (
        CheckConstraint("form in ('cash_off','item','percent')", name="form"),
        CheckConstraint("state in ('draft','active','retired')", name="state"),
        CheckConstraint("face_fen > 0 and face_fen <= 5000000", name="face"),
        CheckConstraint("min_spend_fen >= 0 and percent between 0 and 99", name="rule"),
        CheckConstraint("(form = 'percent') = (percent > 0)", name="percent"),
        CheckConstraint("(valid_days is null) <> (valid_from is null or valid_until is null)", name="valid"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="period"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    form: Mapped[str] = mapped_column(String(10))
    face_fen: Mapped[int] = mapped_column(BigInteger)
    min_spend_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    percent: Mapped[int] = mapped_column(default=0)
    valid_days: Mapped[int | None]
    """So many days from the day on which it is won, that day being the first; else from `valid_from` to `valid_until`."""
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    everywhere: Mapped[bool] = mapped_column(default=True)
    stackable: Mapped[bool] = mapped_column(default=False)
    family: Mapped[bool] = mapped_column(default=False)
    """May be handed to one's family: then the till does not ask for the member's own face."""
    terms: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    fund: Mapped[Fund] = relationship(lazy="joined", innerjoin=True)
    places: Mapped[list[KindStore]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class KindStore(Model):
    """A store where a kind that is not good everywhere can be used."""

    __tablename__ = "rewards_kind_store"
    kind_id: Mapped[int] = mapped_column(ForeignKey("rewards_coupon_kind.id"), primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stations_store.id"), primary_key=True, index=True)


class Gift(OrgOwned, Model):
    """Coupons given by hand to named members (compensation, condolence): asked by one, approved by two others."""

    __tablename__ = "rewards_gift"
    __table_args__ = (
        CheckConstraint("state in ('asked','first','done','refused')", name="state"),
        CheckConstraint("number between 1 and 20", name="number"),
        CheckConstraint("first_by is null or first_by <> asked_by", name="first_other"),
        CheckConstraint("second_by is null or (second_by <> asked_by and second_by <> first_by)", name="second_other"),
        CheckConstraint("state <> 'done' or (first_by is not null and second_by is not null)", name="approved"),
        Index("uq_rewards_gift_key", "key", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("rewards_coupon_kind.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    member_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    first_by: Mapped[int | None]
    first_at: Mapped[datetime | None]
    second_by: Mapped[int | None]
    second_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")
    refused_by: Mapped[int | None]
    """Who refused it; who asked for it may take it back so."""
    refused_at: Mapped[datetime | None]
    key: Mapped[str | None] = mapped_column(String(LONGEST_KEY))
    """Of the form that was sent: the same form sent twice is one gift."""

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    kind: Mapped[CouponKind] = relationship(lazy="joined", innerjoin=True)


class Coupon(Model):
    """One coupon of one member; it comes from an entry in a draw, or from a gift (I8). Its times are moments, both included."""

    __tablename__ = "rewards_coupon"
    __table_args__ = (
        CheckConstraint("state in ('issued','redeemed','expired','voided')", name="state"),
        CheckConstraint("(entry_id is null) <> (gift_id is null)", name="cause"),
        CheckConstraint("face_fen > 0 and valid_to >= valid_from", name="face"),
        CheckConstraint("(held_until is null) = (held_turn_id is null)", name="held"),
        UniqueConstraint("entry_id", "number", name="uq_rewards_coupon_entry_number"),
        UniqueConstraint("gift_id", "member_id", "number", name="uq_rewards_coupon_gift_member_number"),
        Index("ix_rewards_coupon_member", "member_id", "state", "valid_to"),
        Index("ix_rewards_coupon_due", "state", "valid_to"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("rewards_coupon_kind.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_entry.id"))
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_gift.id"))
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default=CouponState.ISSUED.value)
    face_fen: Mapped[int] = mapped_column(BigInteger)
    lookup: Mapped[str] = mapped_column(String(64), unique=True)
    code_sealed: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    held_until: Mapped[datetime | None]
    held_turn_id: Mapped[int | None] = mapped_column(ForeignKey("stations_turn.id"))
    reminded: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    kind: Mapped[CouponKind] = relationship(lazy="joined", innerjoin=True)


class Voiding(Model):
    """A request to take a coupon back: asked by one, decided by another; the member is told, and may object once."""

    __tablename__ = "rewards_voiding"
    __table_args__ = (
        CheckConstraint("state in ('asked','done','refused')", name="state"),
        CheckConstraint("decided_by is null or decided_by <> asked_by", name="two_people"),
        CheckConstraint("state = 'asked' or decided_by is not null", name="decided"),
        CheckConstraint("appeal_by is null or appeal_by <> decided_by", name="appeal_other"),
        Index("uq_rewards_voiding_open", "coupon_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("rewards_coupon.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")
    appeal: Mapped[str] = mapped_column(String(600), default="")
    appealed_at: Mapped[datetime | None]
    appeal_ok: Mapped[bool | None]
    """Whether the objection was found right: then the member is given a coupon anew."""
    appeal_answer: Mapped[str] = mapped_column(String(300), default="", server_default="")
    appeal_by: Mapped[int | None]
    appeal_answered_at: Mapped[datetime | None]

    coupon: Mapped[Coupon] = relationship(lazy="joined", innerjoin=True)


class Extension(OrgOwned, Model):
    """A grace: live coupons of some kinds are good for longer, because a station was closed or for another reason."""

    __tablename__ = "rewards_extension"
    __table_args__ = (CheckConstraint("days between 1 and 90", name="days"), Index("uq_rewards_extension_key", "key", unique=True))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(LONGEST_KEY))
    """Of the form that was sent: sent twice, it extends once."""
    kind_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    number: Mapped[int] = mapped_column(default=0)
    """How many coupons it reached."""
    made_by: Mapped[int]
    made_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
