"""Draws, their prizes, entries and results. What was published, entered and drawn is never changed: triggers refuse it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned
from unionhall_rewards.fund.models import Fund


class Algorithm(StrEnum):
    """UHD1: a batch, drawn at a set time among all entries. UHI1: at once, with each entry."""

    BATCH = "UHD1"
    INSTANT = "UHI1"


class DrawState(StrEnum):
    """Where a draw stands. It is OPEN to entries from `opens_at`, once its public value is known if it is instant."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPEN = "open"
    FROZEN = "frozen"
    DONE = "done"
    VOID = "void"


class Draw(OrgOwned, Model):
    """A draw. `spec` is the canonical JSON that was published; the secret and the key of the pseudonyms are sealed until they are revealed
    (the key never is).
    """

    __tablename__ = "rewards_draw"
    __table_args__ = (
        CheckConstraint("algo in ('UHD1','UHI1')", name="algo"),
        CheckConstraint("state in ('draft','published','open','frozen','done','void')", name="state"),
        CheckConstraint("closes_at > opens_at", name="period"),
        CheckConstraint("state = 'draft' or (spec_hash <> '' and commit_hash <> '')", name="published"),
        CheckConstraint("public_by is null or public_by <> public_said_by", name="public_two_people"),
        CheckConstraint("published_by is null or published_by <> created_by", name="published_two_people"),
        CheckConstraint("void_by is null or void_by <> void_asked_by", name="void_two_people"),
        CheckConstraint("tries_a_day between 1 and 10 and (most_wins is null or most_wins > 0)", name="limits"),
        CheckConstraint("day_wins is null or day_wins > 0", name="day_wins"),
        CheckConstraint("late_from between 1 and 1439", name="late_from"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_fund.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """`draw_id` of the published spec."""
    algo: Mapped[str] = mapped_column(String(4))
    title: Mapped[str] = mapped_column(String(80))
    intro: Mapped[str] = mapped_column(Text, default="")
    organiser: Mapped[str] = mapped_column(String(80), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    rules: Mapped[str] = mapped_column(Text, default="")
    """How, until when and where prizes are claimed or spent, and when they are forfeited."""
    state: Mapped[str] = mapped_column(String(10), default=DrawState.DRAFT.value, index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    tries_a_day: Mapped[int] = mapped_column(default=1)
    most_wins: Mapped[int | None] = mapped_column(default=1)
    """How often somebody may win in this draw; None: as often as luck has it."""
    month_wins: Mapped[int | None]
    """How often somebody may win in a calendar month, in all draws of the fund together."""
    day_wins: Mapped[int | None]
    """How often somebody may win in this draw on one day."""
    late_from: Mapped[int] = mapped_column(default=1080, server_default="1080")
    """The minute of the day in Shanghai from which the prizes that are kept back for the evening are given too."""
    fallback: Mapped[bool] = mapped_column(default=True)
    """In an instant draw: when the prize that was hit has run out, the next one of the list is given."""
    audience_path: Mapped[str] = mapped_column(String(200), default="/")
    """The path of its org: members with a membership there or below take part, unless `audience` narrows it."""
    audience: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """Ids of the orgs below whose members, and those below them, take part; none: all of `audience_path`."""
    reserve: Mapped[int] = mapped_column(default=0)
    public_source: Mapped[str] = mapped_column(String(200), default="")
    public_at: Mapped[datetime | None]
    public_value: Mapped[str] = mapped_column(String(200), default="")
    public_said: Mapped[str] = mapped_column(String(200), default="")
    """The public value as one person read it; it counts once a second one confirms it, and stands in `public_value` then."""
    public_note: Mapped[str] = mapped_column(String(300), default="")
    public_said_by: Mapped[int | None]
    public_by: Mapped[int | None]
    reveal_minutes: Mapped[int] = mapped_column(default=60)
    spec: Mapped[str] = mapped_column(Text, default="")
    spec_hash: Mapped[str] = mapped_column(String(64), default="")
    commit_hash: Mapped[str] = mapped_column(String(64), default="")
    secret_sealed: Mapped[str] = mapped_column(String(300), default="")
    names_sealed: Mapped[str] = mapped_column(String(300), default="")
    """The key of the pseudonyms (k_draw)."""
    secret: Mapped[str] = mapped_column(String(64), default="")
    """In hex, once revealed."""
    eligible_hash: Mapped[str] = mapped_column(String(64), default="")
    eligible_count: Mapped[int] = mapped_column(default=0)
    eligible_at: Mapped[datetime | None]
    """Who was activated by then takes part."""
    entrants_hash: Mapped[str] = mapped_column(String(64), default="")
    entrants_count: Mapped[int] = mapped_column(default=0)
    merkle_root: Mapped[str] = mapped_column(String(64), default="")
    result_hash: Mapped[str] = mapped_column(String(64), default="")
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str] = mapped_column(String(200), default="")
    published_by: Mapped[int | None]
    published_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(300), default="")
    void_asked_by: Mapped[int | None]
    void_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None]
    """Who wrote the draft last; somebody else publishes it."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    fund: Mapped[Fund | None] = relationship(lazy="joined")
    prizes: Mapped[list[Prize]] = relationship(order_by="Prize.position", cascade="all, delete-orphan", lazy="selectin")


class Prize(Model):
    """A prize: `quantity` of them, `left` not given yet. `coupons` is its pack, {"coupon kind id": how many}; without one it is a thing.

    `ppm` is the chance of an instant draw in millionths, `per_day` how many are given on one day at most, `late` how many of those are
    kept back until the draw's `late_from`.
    """

    __tablename__ = "rewards_prize"
    __table_args__ = (
        CheckConstraint("quantity > 0 and \"left\" between 0 and quantity", name="stock"),
        CheckConstraint("value_fen > 0 and value_fen <= 5000000", name="value"),
        CheckConstraint("ppm between 0 and 1000000", name="ppm"),
        CheckConstraint("per_day is null or per_day > 0", name="per_day"),
        CheckConstraint("late is null or (per_day is not null and late > 0 and late <= per_day)", name="late"),
        UniqueConstraint("draw_id", "key", name="uq_rewards_prize_draw_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("rewards_draw.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    value_fen: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]
    left: Mapped[int]
    ppm: Mapped[int] = mapped_column(default=0)
    per_day: Mapped[int | None]
    late: Mapped[int | None]
    coupons: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class PrizeDay(Model):
    """How many of a prize were given on a day."""

    __tablename__ = "rewards_prize_day"
    __table_args__ = (CheckConstraint("given >= 0", name="given"),)
    prize_id: Mapped[int] = mapped_column(ForeignKey("rewards_prize.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    given: Mapped[int] = mapped_column(default=0)


class Entry(Model):
    """A member's chance in a draw: the `number`-th of a day. `holder` is the member's pseudonym in this draw, `code` the entry's id in the
    published list. Of an instant draw it holds the outcome: `x`, and the prize that was given, or that had run out.
    """

    __tablename__ = "rewards_entry"
    __table_args__ = (
        UniqueConstraint("draw_id", "member_id", "day", "number", name="uq_rewards_entry_turn"),
        UniqueConstraint("draw_id", "code", name="uq_rewards_entry_draw_code"),
        CheckConstraint("x is null or x between 0 and 999999", name="x"),
        CheckConstraint("number between 1 and 10", name="number"),
        CheckConstraint("prize_id is null or x is not null", name="instant"),
        Index("ix_rewards_entry_member", "member_id", "day"),
        Index("ix_rewards_entry_source", "source", "source_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("rewards_draw.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"))
    day: Mapped[date]
    number: Mapped[int] = mapped_column(default=1)
    holder: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[int]
    x: Mapped[int | None]
    prize_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_prize.id"), index=True)
    missed: Mapped[str] = mapped_column(String(40), default="")
    """Key of the prize that x hit but that could not be given: gone, gone for the day, or the member's wins are used up."""
    at: Mapped[datetime]

    prize: Mapped[Prize | None] = relationship(lazy="joined")


class Result(Model):
    """One slot of a batch draw: a prize, or the n-th of the reserve (no prize). Written once."""

    __tablename__ = "rewards_result"
    __table_args__ = (
        UniqueConstraint("entry_id", name="uq_rewards_result_entry"),
        CheckConstraint("slot > 0 and number > 0", name="slot"),
    )
    draw_id: Mapped[int] = mapped_column(ForeignKey("rewards_draw.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    prize_id: Mapped[int | None] = mapped_column(ForeignKey("rewards_prize.id"))
    number: Mapped[int]
    entry_id: Mapped[int] = mapped_column(ForeignKey("rewards_entry.id"))


class Forfeit(Model):
    """That a winner's prize went on to the next of the reserve: claimed too late, or given up. `to_slot` is the reserve's slot."""

    __tablename__ = "rewards_forfeit"
    __table_args__ = (UniqueConstraint("draw_id", "to_slot", name="uq_rewards_forfeit_to"),)
    draw_id: Mapped[int] = mapped_column(ForeignKey("rewards_draw.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    to_slot: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[int]
    at: Mapped[datetime]


class DrawList(Model):
    """A list that was frozen with a draw's publication, gzip of one pseudonym to a line: "eligible", "excluded". Written once."""

    __tablename__ = "rewards_draw_list"
    draw_id: Mapped[int] = mapped_column(ForeignKey("rewards_draw.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class WinCount(Model):
    """How often a member has won within a scope ("draw:7", "fund:3:2026-05"), counted as it happens: the limit is kept here."""

    __tablename__ = "rewards_win_count"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)
    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class Compensation(Model):
    """That everybody who took part in a draw on a day gets one more chance of that day: after a pause, or a fault."""

    __tablename__ = "rewards_compensation"
    __table_args__ = (UniqueConstraint("draw_id", "day", name="uq_rewards_compensation_day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("rewards_draw.id"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    number: Mapped[int] = mapped_column(default=0)
    """How many got one."""
