"""Redemptions: what was deducted at which till, once for each coupon; taking one back is a second record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model
from unionhall_rewards.coupons.models import Coupon

LIVE = text("live")


class Redemption(Model):
    """A coupon deducted at a till (`reverses_id` is None), or the reversal of one. `live` is true of what stands: one for each coupon.

    `key` is the client's Idempotency-Key, `body_hash` what was sent with it: the same key with the same body gives the first answer.
    """

    __tablename__ = "rewards_redemption"
    __table_args__ = (
        CheckConstraint("fen > 0 and bill_fen >= 0", name="fen"),
        CheckConstraint("reverses_id is null or not live", name="reversal"),
        UniqueConstraint("till_id", "key", name="uq_rewards_redemption_till_key"),
        Index("uq_rewards_redemption_live", "coupon_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_rewards_redemption_store_day", "store_id", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("rewards_coupon.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_redemption.id"), unique=True)
    live: Mapped[bool] = mapped_column(default=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("rewards_fund.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("rewards_coupon_kind.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stations_store.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), index=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("stations_till.id"))
    clerk_id: Mapped[int] = mapped_column(ForeignKey("stations_clerk.id"), index=True)
    bill_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    fen: Mapped[int] = mapped_column(BigInteger)
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    key: Mapped[str] = mapped_column(String(80))
    body_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200), default="")
    day: Mapped[date]
    at: Mapped[datetime]

    coupon: Mapped[Coupon] = relationship(lazy="joined", innerjoin=True)


class ReceiptDay(Model):
    """The last number of a receipt on a day: receipts are numbered without a gap."""

    __tablename__ = "rewards_receipt_day"
    __table_args__ = (CheckConstraint("last > 0", name="last"),)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Flag(Model):
    """A pattern that somebody should look at; `subject` names it once ("hours:12"). It judges nobody: a person does, and says so."""

    __tablename__ = "rewards_flag"
    __table_args__ = (
        CheckConstraint("kind in ('pair','hours','round')", name="kind"),
        CheckConstraint("(looked_at is null) = (looked_by is null)", name="looked"),
        Index("ix_rewards_flag_open", "looked_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(80), unique=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("rewards_redemption.id"), index=True)
    """The latest of those that make it."""
    number: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(200), default="")
    looked_by: Mapped[int | None]
    looked_at: Mapped[datetime | None]

    redemption: Mapped[Redemption] = relationship(lazy="joined", innerjoin=True)
