"""What people say and ask about their own data: consents, corrections, erasures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.members.models import Member
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned

IN_FORCE = text("withdrawn_at is null")


class Consent(db.Model):
    """That somebody agreed to a text: for what, which version, the hash of its words, when, and when they took it back."""

    __tablename__ = "members_consent"
    __table_args__ = (
        Index("uq_members_consent_purpose", "account_id", "purpose", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    text_hash: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CorrectionState(StrEnum):
    """Where a request to correct something stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Correction(OrgOwned, db.Model):
    """What a member says is wrong on the roster, and what the org's administrators did about it; long numbers are masked."""

    __tablename__ = "members_correction"
    __table_args__ = (
        CheckConstraint("state in ('open','done','refused')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided"),
        Index("ix_members_correction_waiting", "org_id", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    subject: Mapped[str] = mapped_column(String(20))
    wish: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=CorrectionState.OPEN.value)
    answer: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)
    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class Erasure(db.Model):
    """The receipt of an erasure: its number, when, and what had to stay; nothing in it says whose it was."""

    __tablename__ = "members_erasure"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))
    sources: Mapped[list[str]] = mapped_column(JSON)
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
