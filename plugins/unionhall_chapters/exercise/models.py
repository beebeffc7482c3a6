"""The break-time exercise: courses, teams that practise, what they log each day, reminders, visits of a coach."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, OrgOwned


class Slot(StrEnum):
    """The two breaks of a working day."""

    MORNING = "am"
    AFTERNOON = "pm"


class VisitState(StrEnum):
    """Where a firm's wish for a coach stands."""

    ASKED = "asked"
    AGREED = "agreed"
    DONE = "done"
    DECLINED = "declined"


class ExerciseCourse(OrgOwned, Model):
    """A course of eight to ten minutes: a film of this site, steps (one a line) and their pictures."""

    __tablename__ = "chapters_exercise_course"
    __table_args__ = (CheckConstraint("minutes between 1 and 60", name="minutes"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(200), default="")
    minutes: Mapped[int]
    film: Mapped[str] = mapped_column(String(500), default="")
    steps: Mapped[str] = mapped_column(Text, default="")
    pictures: Mapped[list[int]] = mapped_column(JSON, default=list)
    shown: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ExerciseTeam(OrgOwned, Model):
    """An office that practises: an org, or a group inside one. Its leader logs the days."""

    __tablename__ = "chapters_exercise_team"
    __table_args__ = (UniqueConstraint("org_id", "name"), CheckConstraint("people between 1 and 2000", name="people"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    people: Mapped[int]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    closed_on: Mapped[date | None]
    created_at: Mapped[datetime]


class Practice(OrgOwned, Model):
    """That a team practised in one break of one day, with so many people: once per team, day and break."""

    __tablename__ = "chapters_exercise_practice"
    __table_args__ = (
        UniqueConstraint("team_id", "day", "slot"),
        CheckConstraint("slot in ('am','pm')", name="slot"),
        CheckConstraint("people between 1 and 2000", name="people"),
        Index("ix_chapters_exercise_practice_day", "day", "team_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("chapters_exercise_team.id"))
    day: Mapped[date]
    slot: Mapped[str] = mapped_column(String(2))
    people: Mapped[int]
    created_at: Mapped[datetime]

    team: Mapped[ExerciseTeam] = relationship(lazy="joined", innerjoin=True)


class Reminder(Model):
    """Who wants to be reminded of which break."""

    __tablename__ = "chapters_exercise_reminder"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id", ondelete="CASCADE"), primary_key=True)
    am: Mapped[bool] = mapped_column(default=False)
    pm: Mapped[bool] = mapped_column(default=False)


class CoachVisit(OrgOwned, Model):
    """A firm's wish that a coach comes; `org_id` is the union of the firm, whose officers answer it."""

    __tablename__ = "chapters_exercise_visit"
    __table_args__ = (
        CheckConstraint("state in ('asked','agreed','done','declined')", name="state"),
        CheckConstraint("people between 1 and 2000", name="people"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"))
    contact: Mapped[str] = mapped_column(String(60))
    mobile_sealed: Mapped[str] = mapped_column(String(200), default="")
    people: Mapped[int]
    wish: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default=VisitState.ASKED.value, index=True)
    answer: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
