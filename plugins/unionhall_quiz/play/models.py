"""Rounds (when is there a quiz, of what), daily papers, attempts. A paper is a frozen copy; an attempt keeps its own order."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned


class Calendar(StrEnum):
    """On which days a round has a paper: every day, once a month, or every day of a dated campaign."""

    DAILY = "daily"
    MEMBER_DAY = "member_day"
    DATED = "dated"


class RoundState(StrEnum):
    """Where a round stands; from RUNNING on, its rules are frozen."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


class AttemptState(StrEnum):
    """Where an attempt stands (features.md 6a: open, submitted, scored, ticket granted, drawn); the last two are the entry's."""

    OPEN = "open"
    SCORED = "scored"
    LATE = "late"


class Chance(StrEnum):
    """What became of the chance that a passed attempt earns: none was to be had, given, still to be given, or not for this person."""

    NONE = "none"
    GIVEN = "given"
    OWED = "owed"
    REFUSED = "refused"


class Round(OrgOwned, Model):
    """A quiz over some time. `quota` is {"topic id": questions}, `draw_id` the draw in `rewards` that passing gives a chance in."""

    __tablename__ = "quiz_round"
    __table_args__ = (
        CheckConstraint("calendar in ('daily','member_day','dated')", name="calendar"),
        CheckConstraint("state in ('draft','running','ended')", name="state"),
        CheckConstraint("until is null or until >= since", name="days"),
        CheckConstraint("opens between 0 and 1439 and closes between 1 and 1440 and closes > opens", name="window"),
        CheckConstraint("month_day is null or month_day between 1 and 28", name="month_day"),
        CheckConstraint("pass_percent between 0 and 100", name="pass_mark"),
        CheckConstraint("minutes is null or minutes between 1 and 240", name="minutes"),
        CheckConstraint("tries between 1 and 9", name="tries"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    intro: Mapped[str] = mapped_column(Text, default="")
    calendar: Mapped[str] = mapped_column(String(12))
    since: Mapped[date]
    until: Mapped[date | None]
    month_day: Mapped[int | None]
    opens: Mapped[int] = mapped_column(default=360)
    """Minutes after midnight in Shanghai; `closes` up to 1440."""
    closes: Mapped[int] = mapped_column(default=1320)
    quota: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    own_papers: Mapped[bool] = mapped_column(default=False)
    """Each member gets questions of their own, else all get the same."""
    pass_percent: Mapped[int] = mapped_column(default=60)
    minutes: Mapped[int | None]
    """Time to answer once begun; None: until the window closes, and then 30 minutes more."""
    tries: Mapped[int] = mapped_column(default=1, server_default="1")
    """How often a member may answer on a day, each time other questions; each time that is passed earns a chance in the draw."""
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_draw.id"), index=True)
    audience_path: Mapped[str] = mapped_column(String(200), default="/")
    state: Mapped[str] = mapped_column(String(10), default=RoundState.DRAFT.value, index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)

    @property
    def public(self) -> bool:
        """True when readers may see its page."""
        return self.state != RoundState.DRAFT

    @property
    def wanted(self) -> int:
        """Return how many questions one answers on a day."""
        return sum(self.quota.values())


class Paper(Model):
    """The questions of a round and a day as they were then, with answers and explanations: later changes do not reach it."""

    __tablename__ = "quiz_paper"
    __table_args__ = (UniqueConstraint("round_id", "day", name="uq_quiz_paper_round_day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"))
    day: Mapped[date]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Frozen copies; of rounds with own papers, the pool that each is drawn from."""
    created_at: Mapped[datetime]

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)


class Attempt(Model):
    """A member's `number`-th attempt on a day, which there is once (I7).

    `order` is [[question id, [option keys as shown]], …], `chosen` {"question id": [keys]}.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("round_id", "member_id", "day", "number", name="uq_quiz_attempt_once"),
        CheckConstraint("number between 1 and 9", name="number"),
        CheckConstraint("state in ('open','scored','late')", name="state"),
        CheckConstraint("score is null or score between 0 and total", name="score"),
        CheckConstraint("(state = 'scored') = (score is not null)", name="scored"),
        Index("ix_quiz_attempt_day", "round_id", "day", "state"),
        Index("ix_quiz_attempt_source", "day", "source"),
        Index("ix_quiz_attempt_device", "day", "device"),
        Index("ix_quiz_attempt_chance", "chance"),
        Index("ix_quiz_attempt_nonce", "nonce"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("quiz_paper.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    org_path: Mapped[str] = mapped_column(String(200), default="/")
    """Of the member's primary union on that day: for figures."""
    day: Mapped[date]
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(String(10), default=AttemptState.OPEN.value)
    nonce: Mapped[str] = mapped_column(String(40))
    order: Mapped[list[Any]] = mapped_column(JSON, default=list)
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    total: Mapped[int]
    score: Mapped[int | None]
    passed: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    due_at: Mapped[datetime]
    scored_at: Mapped[datetime | None]
    flag: Mapped[str] = mapped_column(String(40), default="")
    """Why somebody should look at it ("fast"); never decides anything by itself."""
    looked_by: Mapped[int | None]
    looked_note: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """A keyed hash of address and day: tells that many came from one place on one day, and no more."""
    device: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """The same of address and browser: tells that several people seem to have used one device on one day, and no more."""
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_draw.id"), index=True)
    """The draw that the round gave a chance in when this was scored."""
    chance: Mapped[str] = mapped_column(String(8), default=Chance.NONE.value, server_default=Chance.NONE.value)
    chance_why: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """The code with which the draw refused the chance, if it did."""

    paper: Mapped[Paper] = relationship(lazy="joined", innerjoin=True)


class Tally(Model):
    """How often a question was answered on a day in a round, and how often right: figures without people, the sum of its parts.

    Parts, because at noon everybody counts at once, and who counts in the same row waits for the other's commit.
    """

    __tablename__ = "quiz_tally"
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("quiz_question.id"), primary_key=True, index=True)
    part: Mapped[int] = mapped_column(primary_key=True, default=0)
    topic_id: Mapped[int] = mapped_column(ForeignKey("quiz_topic.id"), index=True)
    shown: Mapped[int] = mapped_column(default=0)
    right: Mapped[int] = mapped_column(default=0)


class Reminder(Model):
    """That a member wants to hear when a round's day opens."""

    __tablename__ = "quiz_reminder"
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), primary_key=True, index=True)
    since: Mapped[datetime]
