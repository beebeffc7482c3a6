"""Volunteer teams, their people, shifts, swaps on offer, and service hours with the trail of their corrections."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, OrgOwned

OFFERED = text("state = 'offered'")


class Purpose(StrEnum):
    """What a team does."""

    CIVILITY = "civility"
    WASTE = "waste"
    ELDER = "elder"
    OTHER = "other"


class Standing(StrEnum):
    """How somebody stands with a team."""

    ASKED = "asked"
    IN = "in"
    REFUSED = "refused"
    LEFT = "left"


class HoursState(StrEnum):
    """Only approved hours count."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class Source(StrEnum):
    """Where hours come from: both scans, the leader's list, the volunteer's own report, the public register."""

    SCAN = "scan"
    LIST = "list"
    SELF = "self"
    REGISTER = "register"


class Team(OrgOwned, Model):
    """A team of a chapter. `agreement_version` counts the wordings, so that it is known which one somebody agreed to."""

    __tablename__ = "chapters_team"
    __table_args__ = (
        CheckConstraint("purpose in ('civility','waste','elder','other')", name="purpose"),
        UniqueConstraint("chapter_id", "slug"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    purpose: Mapped[str] = mapped_column(String(12))
    summary: Mapped[str] = mapped_column(Text, default="")
    skills: Mapped[str] = mapped_column(String(200), default="")
    kit: Mapped[str] = mapped_column(String(200), default="")
    agreement: Mapped[str] = mapped_column(Text, default="")
    agreement_version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Volunteer(Model):
    """What a member tells all of their teams; the emergency contact is sealed and opened for who leads a shift."""

    __tablename__ = "chapters_volunteer"
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), primary_key=True)
    skills: Mapped[str] = mapped_column(String(200), default="")
    free_when: Mapped[str] = mapped_column(String(200), default="")
    emergency_sealed: Mapped[str] = mapped_column(String(400), default="")
    updated_at: Mapped[datetime]


class TeamMember(OrgOwned, Model):
    """That somebody belongs to a team, asked to, or did: one row for each person and team."""

    __tablename__ = "chapters_team_member"
    __table_args__ = (
        CheckConstraint("state in ('asked','in','refused','left')", name="state"),
        UniqueConstraint("team_id", "member_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("chapters_team.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    leader: Mapped[bool] = mapped_column(default=False)
    agreed_version: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)


class Shift(OrgOwned, Model):
    """A stretch of service with a sign-up sheet of its own (owner kind "chapters.shift")."""

    __tablename__ = "chapters_shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends"),
        CheckConstraint("places >= 1 and least >= 0 and least <= places", name="places"),
        UniqueConstraint("team_id", "starts_at", "place"),
        Index("ix_chapters_shift_due", "settled_at", "ends_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("chapters_team.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(120))
    meeting: Mapped[str] = mapped_column(String(120), default="")
    kit: Mapped[str] = mapped_column(String(200), default="")
    places: Mapped[int]
    least: Mapped[int] = mapped_column(default=0)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)


class Swap(OrgOwned, Model):
    """A shift that somebody cannot do and offers to their team; of two who take it, one gets it.

    `entry_id` is the entry of the sheet that is handed over; a leader's duty has none.
    """

    __tablename__ = "chapters_swap"
    __table_args__ = (
        CheckConstraint("state in ('offered','taken','withdrawn','lapsed')", name="state"),
        CheckConstraint("(state = 'taken') = (taken_by is not null)", name="taken"),
        Index(
            "uq_chapters_swap_open",
            "shift_id",
            "member_id",
            "duty",
            unique=True,
            sqlite_where=OFFERED,
            postgresql_where=OFFERED,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("chapters_shift.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    entry_id: Mapped[int | None]
    duty: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10), default="offered")
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship(lazy="joined", innerjoin=True)


class NoShow(OrgOwned, Model):
    """That somebody had a place on a shift and did not come; a leader may excuse it."""

    __tablename__ = "chapters_no_show"
    __table_args__ = (UniqueConstraint("shift_id", "member_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("chapters_shift.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    at: Mapped[datetime]
    excused_at: Mapped[datetime | None]
    excused_by: Mapped[int | None]
    excuse: Mapped[str] = mapped_column(String(200), default="")

    shift: Mapped[Shift] = relationship(lazy="joined", innerjoin=True)


class Hours(OrgOwned, Model):
    """Service of one person: once for each shift, once for each beginning. Approved minutes change only by a correction."""

    __tablename__ = "chapters_hours"
    __table_args__ = (
        CheckConstraint("state in ('proposed','approved','refused')", name="state"),
        CheckConstraint("source in ('scan','list','self','register')", name="source"),
        CheckConstraint("minutes between 0 and 1440 and minutes % 5 = 0", name="minutes"),
        UniqueConstraint("shift_id", "member_id"),
        UniqueConstraint("team_id", "member_id", "begins_at"),
        Index("ix_chapters_hours_person", "member_id", "day"),
        Index("ix_chapters_hours_list", "org_id", "state", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("chapters_team.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_shift.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"))
    day: Mapped[date]
    begins_at: Mapped[datetime]
    minutes: Mapped[int]
    source: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)


class HoursChange(Model):
    """One correction: what it was, what it became, who did it and why. Rows are only ever added."""

    __tablename__ = "chapters_hours_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    hours_id: Mapped[int] = mapped_column(ForeignKey("chapters_hours.id"), index=True)
    before: Mapped[int]
    after: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[int | None]
    at: Mapped[datetime]
