"""Notices, their deliveries, what the site made of their texts and ways, and what each person chose."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db

UNREAD, UNPLANNED, OPEN = "read_at is null", "planned_at is null", "state in ('waiting', 'failed')"


class DeliveryState(StrEnum):
    """What became of a notice on one channel: failed is tried again, parked is not, skipped was never meant to be sent."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    PARKED = "parked"
    SKIPPED = "skipped"


class Notice(db.Model):
    """What one account is told, as its inbox shows it: the kind's text filled with `values`; `subject` is kept for the
    day on which nobody knows the kind any more. Planned when it was decided which channels carry it besides."""

    __tablename__ = "notices_notice"
    __table_args__ = (
        UniqueConstraint("kind", "key", "account_id"),
        Index("ix_notices_notice_inbox", "account_id", "id"),
        Index("ix_notices_notice_unread", "account_id", sqlite_where=text(UNREAD), postgresql_where=text(UNREAD)),
        Index("ix_notices_notice_unplanned", "id", sqlite_where=text(UNPLANNED), postgresql_where=text(UNPLANNED)),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"))
    kind: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120))
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    subject: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500), default="")
    org_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    planned_at: Mapped[datetime | None]


class Delivery(db.Model):
    """One notice on one channel; the address only masked, no text. `digest_day` is the Shanghai day of the daily mail
    that it waits for. Who holds the `lease` may hand it to the channel."""

    __tablename__ = "notices_delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        CheckConstraint("state in ('waiting','sent','failed','parked','skipped')", name="state"),
        Index("ix_notices_delivery_due", "digest_day", "safety", "due_at", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_notices_delivery_account", "account_id", "digest_day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices_notice.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"))
    kind: Mapped[str] = mapped_column(String(80), index=True)
    channel: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(10), default=DeliveryState.WAITING)
    reason: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(120), default="")
    safety: Mapped[bool] = mapped_column(default=False)
    digest_day: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    lease: Mapped[str] = mapped_column(String(36), default="", index=True)
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    provider_id: Mapped[str] = mapped_column(String(120), default="")
    error: Mapped[str] = mapped_column(String(300), default="")


class Wording(db.Model):
    """The site's own text of a kind on a channel ("inbox" included) in a language, instead of the kind's own.

    `template` is the number under which a provider approved it.
    """

    __tablename__ = "notices_wording"
    __table_args__ = (UniqueConstraint("kind", "channel", "locale"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(30))
    locale: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class Route(db.Model):
    """The site's choice: does a channel carry a kind."""

    __tablename__ = "notices_route"
    kind: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    enabled: Mapped[bool]


class Preference(db.Model):
    """A person's choice of a kind ("*": every kind) on a channel."""

    __tablename__ = "notices_preference"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime]


class Habit(db.Model):
    """How a person wants to be told: all mails of a day in one, and in which language ("": the site's first)."""

    __tablename__ = "notices_habit"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), primary_key=True)
    digest: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(20), default="")


class Address(db.Model):
    """Where a channel reaches an account when neither its mail address nor its mobile is meant: sealed."""

    __tablename__ = "notices_address"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    sealed: Mapped[str] = mapped_column(String(600))
    updated_at: Mapped[datetime]

