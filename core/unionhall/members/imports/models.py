"""Imports of the roster, one row each, and what came of each line of the file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class ImportState(StrEnum):
    """Where an import stands. `tried` waits for somebody's word, `columns` for somebody to say which column is which."""

    WAITING = "waiting"
    RUNNING = "running"
    COLUMNS = "columns"
    TRIED = "tried"
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What becomes of one line of the file."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    INVALID = "invalid"


UNDER_WAY = (ImportState.WAITING, ImportState.RUNNING)
_STATES = ",".join(f"'{state}'" for state in ImportState)


class RosterImport(OrgOwned, db.Model):
    """A file that brings members of an org and those below it.

    `step` is what the worker is to do: try it, apply it, undo it. `counts` is {outcome: lines}; `mapping` is
    {field: column, from 0}; `lease` names the worker that has it, until `leased_until`.
    """

    __tablename__ = "members_import"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("step in ('try','apply','undo')", name="step"),
        Index("ix_members_import_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=ImportState.WAITING.value)
    step: Mapped[str] = mapped_column(String(5), default="try")
    token: Mapped[str] = mapped_column(String(40), unique=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    mapping: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    error: Mapped[str] = mapped_column(Text, default="")
    lease: Mapped[str] = mapped_column(String(36), default="")
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    author: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def under_way(self) -> bool:
        """True while it waits for the worker or is being worked on."""
        return self.state in UNDER_WAY

    def count(self, *outcomes: str) -> int:
        """Return how many lines had one of these outcomes."""
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)


class ImportLine(db.Model):
    """What became of one line: `line` as the spreadsheet numbers it, `code` and `field` say what is wrong or noteworthy.

    After it was applied: whose line it is, what stood there before (sealed values stay sealed) and the member's version
    that it left, so that only what nobody touched is taken back.
    """

    __tablename__ = "members_import_line"
    __table_args__ = (Index("ix_members_import_line_part", "import_id", "outcome", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("members_import.id", ondelete="CASCADE"))
    line: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10))
    field: Mapped[str] = mapped_column(String(12), default="")
    code: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[str] = mapped_column(String(120), default="")
    name: Mapped[str] = mapped_column(String(60), default="")
    member_id: Mapped[int | None]
    membership_id: Mapped[int | None]
    version: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ImportGate(db.Model):
    """The gate that one applied import passes at a time: its row is made and removed inside the transaction that applies."""

    __tablename__ = "members_import_gate"
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
