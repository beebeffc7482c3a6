"""Exports, one row each: who took which list, what for, how many rows, until when the file is kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class ExportState(StrEnum):
    """Where an export stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = (ExportState.WAITING.value, ExportState.RUNNING.value)
_STATES = ",".join(f"'{state}'" for state in ExportState)


class Export(OrgOwned, db.Model):
    """A list of an org and those below it as a file.

    `filters_sealed` holds what the list was narrowed to (somebody's name, perhaps), until the file is written; `lease` names
    the worker that has it, until `leased_until`. `rows` counts what was written by now, `bytes` the file.
    """

    __tablename__ = "exports_export"
    __table_args__ = (
        CheckConstraint("format in ('xlsx','csv')", name="format"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("purpose <> ''", name="purpose"),
        CheckConstraint("(state = 'running') = (lease <> '')", name="lease"),
        Index("ix_exports_export_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(120))
    filters_sealed: Mapped[str] = mapped_column(Text, default="")
    format: Mapped[str] = mapped_column(String(10))
    full: Mapped[bool] = mapped_column(default=False)
    personal: Mapped[bool] = mapped_column(default=True)
    purpose: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default=ExportState.WAITING.value)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    collected_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    lease: Mapped[str] = mapped_column(String(36), default="")
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    author: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def under_way(self) -> bool:
        """True while it waits for the worker or is being written."""
        return self.state in UNDER_WAY
