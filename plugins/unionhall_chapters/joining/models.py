"""The tables of founding, offices, joining and the chapters' pages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model, OrgOwned


class FoundingState(StrEnum):
    """Where a request to found a chapter stands; an approved one goes on as a chapter."""

    PREPARING = "preparing"
    APPLIED = "applied"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"


class Founding(OrgOwned, Model):
    """A request to found a chapter below `org_id`, with what its preparatory group put down."""

    __tablename__ = "chapters_founding"
    __table_args__ = (
        CheckConstraint("state in ('preparing','applied','returned','approved','refused')", name="state"),
        CheckConstraint("kind in ('association','industry','region','project')", name="kind"),
        CheckConstraint("founders >= 0", name="founders"),
        CheckConstraint("(state = 'approved') = (chapter_id is not null)", name="approved"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_chapter.id"), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=FoundingState.PREPARING.value, index=True)
    name: Mapped[str] = mapped_column(String(120))
    seal: Mapped[str] = mapped_column(String(1), default="会")
    kind: Mapped[str] = mapped_column(String(20))
    aims: Mapped[str] = mapped_column(Text, default="")
    prepared_by: Mapped[str] = mapped_column(String(400), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    founders: Mapped[int] = mapped_column(default=0)
    joint: Mapped[bool] = mapped_column(default=False)
    congress_planned: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None]
    applied_by: Mapped[int | None]
    applied_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Congress(Model):
    """A founding congress or an election: when, who stood for what, how the ballot went. It begins a term."""

    __tablename__ = "chapters_congress"
    __table_args__ = (
        CheckConstraint("eligible > 0 and present between 0 and eligible", name="present"),
        CheckConstraint("yes >= 0 and nays >= 0 and abstained >= 0 and yes + nays + abstained <= present", name="votes"),
        CheckConstraint("term_until > held_on", name="term"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    held_on: Mapped[date]
    term_until: Mapped[date]
    eligible: Mapped[int]
    present: Mapped[int]
    yes: Mapped[int]
    nays: Mapped[int]
    abstained: Mapped[int]
    candidates: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    noted_by: Mapped[int | None]
    noted_at: Mapped[datetime]


class Office(Model):
    """That a member holds an office of a chapter for a term; `role` is what it brings in the desk, held as `grant_id`."""

    __tablename__ = "chapters_office"
    __table_args__ = (
        CheckConstraint("role in ('','chapters.officer','chapters.leader')", name="role"),
        CheckConstraint("until >= since", name="term"),
        Index("uq_chapters_office_current", "chapter_id", "member_id", "title", unique=True,
              sqlite_where=text("ended_on is null"), postgresql_where=text("ended_on is null")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    title: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(20), default="")
    heads: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=100)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id"))
    since: Mapped[date]
    until: Mapped[date]
    ended_on: Mapped[date | None]
    grant_id: Mapped[int | None]


class Belonging(Model):
    """That somebody belongs to a chapter: beside the roster's membership, what only the chapter knows of it.

    Probation is a mark and no more: whoever is on probation is a member, counted and covered like the others.
    """

    __tablename__ = "chapters_belonging"
    __table_args__ = (
        CheckConstraint("how in ('asked','invited','listed','founder')", name="how"),
        Index("uq_chapters_belonging_current", "chapter_id", "member_id", unique=True,
              sqlite_where=text("left_at is null"), postgresql_where=text("left_at is null")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    how: Mapped[str] = mapped_column(String(10))
    joined_on: Mapped[date]
    probation_until: Mapped[date | None]
    left_at: Mapped[datetime | None]
    left_by_self: Mapped[bool] = mapped_column(default=False)


class Application(Model):
    """That somebody asked to join a chapter: one open at a time."""

    __tablename__ = "chapters_application"
    __table_args__ = (
        CheckConstraint("state in ('open','accepted','refused','withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided"),
        Index("uq_chapters_application_open", "chapter_id", "member_id", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_chapters_application_state", "chapter_id", "state"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    account_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="open")
    words: Mapped[str] = mapped_column(String(300), default="")
    agreed_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Invite(Model):
    """A link by which so many people may join a chapter until a day."""

    __tablename__ = "chapters_invite"
    __table_args__ = (CheckConstraint("used between 0 and uses", name="uses"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    label: Mapped[str] = mapped_column(String(60), default="")
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]


class Unorganised(OrgOwned, Model):
    """Somebody without a union who asked for one at a chapter; `org_id` is the union above it, which calls them."""

    __tablename__ = "chapters_unorganised"
    __table_args__ = (
        CheckConstraint("state in ('open','done')", name="state"),
        Index("uq_chapters_unorganised_open", "chapter_id", "mobile_hash", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    name: Mapped[str] = mapped_column(String(60))
    mobile_sealed: Mapped[str] = mapped_column(String(200))
    mobile_hash: Mapped[str] = mapped_column(String(64))
    employer: Mapped[str] = mapped_column(String(120), default="")
    outcome: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None]


class Photo(Model):
    """A picture of a chapter's album."""

    __tablename__ = "chapters_photo"
    __table_args__ = (UniqueConstraint("chapter_id", "asset_id", name="asset"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"))
    asset_id: Mapped[int] = mapped_column(ForeignKey("media_asset.id"))
    position: Mapped[int]


class Rules(Model):
    """A version of a chapter's own rules, as it was adopted; versions are only added."""

    __tablename__ = "chapters_rules"
    __table_args__ = (UniqueConstraint("chapter_id", "number", name="number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date]
    noted_at: Mapped[datetime]


class ChapterStep(Model):
    """A step of a chapter's own history: approved, founded, suspended, merged, and why."""

    __tablename__ = "chapters_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor_id: Mapped[int | None]
