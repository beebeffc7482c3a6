"""Imports and exports, one row each, and what there is to say of each article that one touched."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.news.models import Section
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class TransferState(StrEnum):
    """Where a transfer stands. `tried` is an import that was only tried and waits for somebody's word."""

    WAITING = "waiting"
    RUNNING = "running"
    TRIED = "tried"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = (TransferState.WAITING, TransferState.RUNNING)
_STATES = ",".join(f"'{state}'" for state in TransferState)


class Transfer(OrgOwned, db.Model):
    """An import into an org and section, or an export of an org's articles.

    `done` counts items that were dealt with, in the same transaction as what came of them: a worker that takes over
    goes on there. `lease` names the worker that has it, until `leased_until`.
    """

    __tablename__ = "news_transfer"
    __table_args__ = (
        CheckConstraint("kind in ('import','export')", name="kind"),
        CheckConstraint("format in ('wxr','markdown','jsonl')", name="format"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("kind <> 'export' or purpose <> ''", name="purpose"),
        Index("ix_news_transfer_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    format: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=TransferState.WAITING.value)
    trial: Mapped[bool] = mapped_column(default=False)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("news_section.id", ondelete="SET NULL"))
    token: Mapped[str] = mapped_column(String(40), unique=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_name: Mapped[str] = mapped_column(String(200), default="")
    purpose: Mapped[str] = mapped_column(String(200), default="")
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    problems: Mapped[int] = mapped_column(default=0)
    others: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    bytes: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    lease: Mapped[str] = mapped_column(String(36), default="")
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    section: Mapped[Section | None] = relationship(lazy="joined")
    author: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def under_way(self) -> bool:
        """True while it waits for the worker or is being worked on."""
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int:
        """Return how much is done, 0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class TransferLine(db.Model):
    """One line of an import's report: an article that was made or brought up to date, or something to look at."""

    __tablename__ = "news_transfer_line"
    __table_args__ = (
        CheckConstraint("kind in ('created','updated','problem')", name="kind"),
        Index("ix_news_transfer_line_part", "transfer_id", "kind", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("news_transfer.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    article_id: Mapped[int | None]
    line: Mapped[int] = mapped_column(default=0)
    item: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    message: Mapped[str] = mapped_column(Text, default="")
