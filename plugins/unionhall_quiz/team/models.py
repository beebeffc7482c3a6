"""What is counted once a day of a round's months, and how members wish to be named in it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model


class Naming(StrEnum):
    """How a member stands on a list that others read: name masked (unless they choose), in full, or not at all."""

    MASKED = "masked"
    NAMED = "named"
    HIDDEN = "hidden"


class Month(Model):
    """A round's month as far as it is counted: `until` is the first day that is not in it. `days` had questions, `people` took part."""

    __tablename__ = "quiz_month"
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    until: Mapped[date]
    days: Mapped[int]
    people: Mapped[int]
    one: Mapped[int]
    """How many have one star; `two`, `three` likewise."""
    two: Mapped[int]
    three: Mapped[int]
    counted_at: Mapped[datetime]


class TeamLine(Model):
    """An org in a round's month: how many of the members who belong to it or below it took part, each once at their main union."""

    __tablename__ = "quiz_team"
    __table_args__ = (CheckConstraint("people >= 0 and members >= 0", name="numbers"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), primary_key=True, index=True)
    people: Mapped[int]
    members: Mapped[int]


class Star(Model):
    """A member among those who answered on most days of a round's month, with how many answers were right."""

    __tablename__ = "quiz_star"
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    org_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    days: Mapped[int]
    right: Mapped[int]
    asked: Mapped[int]


class AgeLine(Model):
    """How many of a band of age took part in a round's month: a number without people."""

    __tablename__ = "quiz_age"
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    band: Mapped[str] = mapped_column(String(4), primary_key=True)
    people: Mapped[int]


class NamingChoice(Model):
    """How a member wishes to be named; without a row their name is masked."""

    __tablename__ = "quiz_naming"
    __table_args__ = (CheckConstraint("choice in ('masked','named','hidden')", name="choice"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(8))
    chosen_at: Mapped[datetime]
