"""What is on public view, and what people object to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned

RUNNING = text("state = 'open'")


class State(StrEnum):
    """Where a notice stands. UPHELD: an objection held; what comes after the change is a second notice."""

    OPEN = "open"
    CLEAR = "clear"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of an objection."""

    WAITING = "waiting"
    HELD = "held"
    REJECTED = "rejected"


class PublicNotice(OrgOwned, db.Model):
    """One notice: rows of masked names and plain cells. `waiting` counts objections that nobody answered, by conditional UPDATE only."""

    __tablename__ = "publicity_notice"
    __table_args__ = (
        CheckConstraint("state in ('open','clear','upheld','withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (ended_at is null)", name="ended"),
        CheckConstraint("waiting >= 0", name="waiting"),
        CheckConstraint("until_on >= from_on", name="days"),
        Index("uq_publicity_notice_running", "kind", "owner_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_publicity_notice_due", "state", "until_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    owner_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text, default="")
    rows: Mapped[list[list[str]]] = mapped_column(JSON)
    contact: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default=State.OPEN.value)
    from_on: Mapped[date]
    until_on: Mapped[date]
    waiting: Mapped[int] = mapped_column(default=0)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("publicity_notice.id"), unique=True)
    change: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    objections: Mapped[list[Objection]] = relationship(back_populates="notice", order_by="Objection.id")

    @property
    def url(self) -> str:
        """Return its public address."""
        return f"/publicity/{self.id}/"

    @property
    def open(self) -> bool:
        """True until it ends."""
        return self.state == State.OPEN


class Objection(OrgOwned, db.Model):
    """What somebody objects to: their name and text, how to reach them sealed; the answer is public, the objection is not."""

    __tablename__ = "publicity_objection"
    __table_args__ = (
        CheckConstraint("outcome in ('waiting','held','rejected')", name="outcome"),
        CheckConstraint("(outcome = 'waiting') = (answered_at is null)", name="answered"),
        UniqueConstraint("notice_id", "key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("publicity_notice.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    contact_sealed: Mapped[str] = mapped_column(String(400), default="")
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(10), default=Outcome.WAITING.value)
    answer: Mapped[str] = mapped_column(String(600), default="")
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    notice: Mapped[PublicNotice] = relationship(back_populates="objections", lazy="joined", innerjoin=True)
