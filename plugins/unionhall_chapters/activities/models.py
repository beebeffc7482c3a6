"""Activities: a series (or a single one) with its rule, the days that came of it, and who comes every week."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, OrgOwned, Sheet
from unionhall_chapters.models import Chapter


class Level(StrEnum):
    """Whom an activity suits."""

    ALL = "all"
    BEGINNER = "beginner"
    ADVANCED = "advanced"


class Reach(StrEnum):
    """Who may sign up: the chapter's own members, every member, everybody."""

    CHAPTER = "chapter"
    MEMBERS = "members"
    PUBLIC = "public"


class Series(OrgOwned, Model):
    """One activity. `weekdays` holds "1" (Monday) to "7" for a weekly one, "" for a single one on `first_day`.

    `starts_at` is minutes after midnight in Shanghai. `partner_id` is the chapter that holds it too, once it has agreed: both
    calendars show it, figures count it once, where it belongs. `risk_version` counts the wordings of what has to be agreed to.
    """

    __tablename__ = "chapters_series"
    __table_args__ = (
        CheckConstraint("level in ('all','beginner','advanced')", name="level"),
        CheckConstraint("reach in ('chapter','members','public')", name="reach"),
        CheckConstraint("starts_at between 0 and 1439 and minutes between 10 and 720", name="time"),
        CheckConstraint("ahead_weeks between 1 and 12", name="ahead"),
        CheckConstraint("partner_id is null or partner_id <> chapter_id", name="partner"),
        CheckConstraint("last_day is null or last_day >= first_day", name="days"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_chapter.id"), index=True)
    partner_agreed_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(200), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[str] = mapped_column(String(10), default=Level.ALL.value)
    reach: Mapped[str] = mapped_column(String(10), default=Reach.CHAPTER.value)
    weekdays: Mapped[str] = mapped_column(String(7), default="")
    starts_at: Mapped[int]
    minutes: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    skipped: Mapped[list[str]] = mapped_column(JSON, default=list)
    ahead_weeks: Mapped[int] = mapped_column(default=4)
    venue: Mapped[str] = mapped_column(String(120))
    instructor: Mapped[str] = mapped_column(String(60), default="")
    places: Mapped[int | None]
    waiting_on: Mapped[bool] = mapped_column(default=True)
    walk_in: Mapped[bool] = mapped_column(default=True)
    gear: Mapped[str] = mapped_column(Text, default="")
    risk: Mapped[str] = mapped_column(Text, default="")
    risk_version: Mapped[int] = mapped_column(default=1)
    insurance: Mapped[str] = mapped_column(String(200), default="")
    cost_fen: Mapped[int] = mapped_column(default=0)
    cost_note: Mapped[str] = mapped_column(String(120), default="")
    weather: Mapped[str] = mapped_column(String(200), default="")
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    chapter: Mapped[Chapter] = relationship(lazy="joined", innerjoin=True, foreign_keys="Series.chapter_id")
    partner: Mapped[Chapter | None] = relationship(lazy="joined", foreign_keys="Series.partner_id")

    @property
    def url(self) -> str:
        """Return the address of its page; jobs need it, where no address can be built."""
        return f"/chapters/{self.chapter.slug}/activities/{self.id}/"

    @property
    def weekly(self) -> bool:
        """True for a series, False for a single activity."""
        return bool(self.weekdays)


class Day(OrgOwned, Model):
    """One day of an activity. `day` is the planned one and never changes; `starts_at` is when it takes place.

    `told` counts the changes that calendars have to hear of; `pictures` are ids of the media library.
    """

    __tablename__ = "chapters_occurrence"
    __table_args__ = (
        UniqueConstraint("series_id", "day"),
        CheckConstraint("ends_at > starts_at", name="time"),
        CheckConstraint("(cancelled_at is null) = (reason = '')", name="cancelled"),
        Index("ix_chapters_occurrence_when", "chapter_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("chapters_series.id"))
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapters_chapter.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue: Mapped[str] = mapped_column(String(120))
    moved: Mapped[bool] = mapped_column(default=False)
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(120), default="")
    sheet_id: Mapped[int] = mapped_column(ForeignKey("signups_sheet.id"), unique=True)
    report: Mapped[str] = mapped_column(Text, default="")
    pictures: Mapped[list[int]] = mapped_column(JSON, default=list)
    told: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]

    series: Mapped[Series] = relationship(lazy="joined", innerjoin=True)
    sheet: Mapped[Sheet] = relationship(lazy="joined", innerjoin=True)


LIVE = text("stopped_at is null")


class Weekly(OrgOwned, Model):
    """That a member comes every week: they enter each new day while places last, until they stop.

    `risk_version` is the wording that they agreed to; after a new one they enter no more days until they agree again.
    """

    __tablename__ = "chapters_standing"
    __table_args__ = (
        Index("uq_chapters_standing_live", "series_id", "member_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("chapters_series.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    risk_version: Mapped[int]
    since: Mapped[datetime]
    stopped_at: Mapped[datetime | None]

    series: Mapped[Series] = relationship(lazy="joined", innerjoin=True)
