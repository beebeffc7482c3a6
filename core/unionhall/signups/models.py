"""Sign-up sheets: what is asked, who signed up, and the counters that places and quotas are given out by."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned

LIVE = text("state in ('gathering','pending','accepted','waiting','offered')")


class SheetState(StrEnum):
    """Whether a sheet takes sign-ups: the window of time is asked besides. One that is held is not there for readers yet."""

    HELD = "held"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Unit(StrEnum):
    """Who signs up once: a person, a household, a team."""

    MEMBER = "member"
    HOUSEHOLD = "household"
    TEAM = "team"


class Audience(StrEnum):
    """Who may sign up (features.md section 11, rule 6)."""

    PUBLIC = "public"
    ACCOUNT = "account"
    MEMBERS = "members"
    SUBTREE = "subtree"


class State(StrEnum):
    """Where an entry stands. Pending, accepted and offered ones hold their places; a gathering team holds none yet."""

    GATHERING = "gathering"
    PENDING = "pending"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    OFFERED = "offered"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


HOLDING = (State.PENDING, State.ACCEPTED, State.OFFERED)
ALIVE = (State.GATHERING, *HOLDING, State.WAITING)


class Kind(StrEnum):
    """What a field of the form asks for."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    FILE = "file"
    ID = "id"
    MOBILE = "mobile"
    ORG = "org"
    CONSENT = "consent"


PICKED = (Kind.CHOICE, Kind.CHOICES)
SEALED = (Kind.ID, Kind.MOBILE)


class Sheet(OrgOwned, db.Model):
    """One list to sign up on. `owner_kind` and `owner_id` name what it belongs to ("campaigns.component", 17).

    `taken` counts the places held, `waiting` the entries on the waiting list; both change only by conditional UPDATE.
    """

    __tablename__ = "signups_sheet"
    __table_args__ = (
        CheckConstraint("state in ('held','open','paused','closed')", name="state"),
        CheckConstraint("unit in ('member','household','team')", name="unit"),
        CheckConstraint("audience in ('public','account','members','subtree')", name="audience"),
        CheckConstraint("taken >= 0 and (places is null or taken <= places)", name="places"),
        CheckConstraint("waiting >= 0", name="waiting"),
        CheckConstraint("late_minutes >= 0 and (out_minutes is null or out_minutes >= 1)", name="on_site"),
        CheckConstraint("team_min >= 1 and team_max >= team_min", name="team"),
        Index("ix_signups_sheet_owner", "owner_kind", "owner_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(60))
    owner_id: Mapped[int]
    owner_url: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default=SheetState.OPEN.value)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(120), default="")
    places: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    waiting_on: Mapped[bool] = mapped_column(default=True)
    waiting_places: Mapped[int | None]
    waiting: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(10), default=Unit.MEMBER.value)
    team_min: Mapped[int] = mapped_column(default=1)
    team_max: Mapped[int] = mapped_column(default=1)
    companions: Mapped[int] = mapped_column(default=0)
    cancel_until: Mapped[datetime | None]
    approval: Mapped[bool] = mapped_column(default=False)
    offer_hours: Mapped[int] = mapped_column(default=24)
    audience: Mapped[str] = mapped_column(String(10), default=Audience.MEMBERS.value)
    audience_org_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"))
    contact: Mapped[str] = mapped_column(String(120), default="")
    consent: Mapped[str] = mapped_column(Text, default="")
    consent_version: Mapped[int] = mapped_column(default=1)
    retention_days: Mapped[int] = mapped_column(default=90)
    walk_in: Mapped[bool] = mapped_column(default=False)
    late_minutes: Mapped[int] = mapped_column(default=10)
    out_minutes: Mapped[int | None]
    reminded_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True, foreign_keys="Sheet.org_id")
    audience_org: Mapped[Org | None] = relationship(foreign_keys="Sheet.audience_org_id")
    fields: Mapped[list[Field]] = relationship(back_populates="sheet", order_by="Field.position, Field.id")

    @property
    def over_at(self) -> datetime | None:
        """Return when what people signed up for is over, as far as the sheet says."""
        return self.ends_at or self.starts_at or self.closes_at


class Field(db.Model):
    """One question of a sheet. `version` counts the wordings, so that a consent says which one was ticked."""

    __tablename__ = "signups_field"
    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("signups_sheet.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(120))
    help: Mapped[str] = mapped_column(String(300), default="")
    required: Mapped[bool] = mapped_column(default=False)
    least: Mapped[int | None]
    most: Mapped[int | None]
    on_list: Mapped[bool] = mapped_column(default=False)
    restricted: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    sheet: Mapped[Sheet] = relationship(back_populates="fields")
    choices: Mapped[list[Choice]] = relationship(
        order_by="Choice.position, Choice.id", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        """Return the field's name in the form that people fill in."""
        return f"f{self.id}"


class Choice(db.Model):
    """One answer that may be chosen, with its quota: `taken` changes only by conditional UPDATE."""

    __tablename__ = "signups_choice"
    __table_args__ = (CheckConstraint("taken >= 0 and (quota is null or taken <= quota)", name="quota"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("signups_field.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))
    quota: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)


class Entry(OrgOwned, db.Model):
    """That somebody signed up. `org_id` is the sheet's, `holds` how many places it takes when it is accepted.

    `person` is the same for the same person everywhere ("m:12", "a:5", "g:" and a keyed hash), `household` likewise; a
    teammate's entry names the captain's, holds no place of its own and goes the captain's way.
    """

    __tablename__ = "signups_entry"
    __table_args__ = (
        CheckConstraint(
            "state in ('gathering','pending','accepted','waiting','offered','refused','cancelled','lapsed')",
            name="state",
        ),
        CheckConstraint("(state = 'offered') = (offer_until is not null)", name="offer"),
        CheckConstraint("holds >= 0", name="holds"),
        CheckConstraint("checked_out_at is null or checked_out_at >= checked_in_at", name="out"),
        UniqueConstraint("sheet_id", "number"),
        UniqueConstraint("sheet_id", "code"),
        UniqueConstraint("sheet_id", "key"),
        Index("uq_signups_entry_person", "sheet_id", "person", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index(
            "uq_signups_entry_household", "sheet_id", "household", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
        Index("ix_signups_entry_list", "sheet_id", "state", "number"),
        Index("ix_signups_entry_person", "person"),
        Index("ix_signups_entry_day", "org_id", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("signups_sheet.id"))
    number: Mapped[int]
    person: Mapped[str] = mapped_column(String(80))
    household: Mapped[str | None] = mapped_column(String(80))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"))
    captain_id: Mapped[int | None] = mapped_column(ForeignKey("signups_entry.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    union_name: Mapped[str] = mapped_column(String(120), default="")
    mobile_sealed: Mapped[str] = mapped_column(String(200), default="")
    mobile_tail: Mapped[str] = mapped_column(String(4), default="")
    team_name: Mapped[str] = mapped_column(String(60), default="")
    people: Mapped[list[str]] = mapped_column(JSON, default=list)
    holds: Mapped[int]
    mates: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10))
    offer_until: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    by_org: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str] = mapped_column(String(8))
    key: Mapped[str | None] = mapped_column(String(64))
    consent_version: Mapped[int | None]
    checked_in_at: Mapped[datetime | None]
    checked_in_by: Mapped[int | None]
    checked_in_name: Mapped[str] = mapped_column(String(60), default="")
    checked_out_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    sheet: Mapped[Sheet] = relationship(lazy="joined", innerjoin=True)
    answers: Mapped[list[Answer]] = relationship(cascade="all, delete-orphan")
    picks: Mapped[list[Pick]] = relationship(cascade="all, delete-orphan")

    @property
    def alive(self) -> bool:
        """True until it is refused, cancelled or lapsed."""
        return self.state in ALIVE

    @property
    def late(self) -> bool:
        """True for who was checked in later than the sheet's grace after the start."""
        begins = self.sheet.starts_at
        return bool(begins and self.checked_in_at and self.checked_in_at > begins + timedelta(minutes=self.sheet.late_minutes))

    @property
    def leads(self) -> bool:
        """True for the captain of a team."""
        return self.sheet.unit == Unit.TEAM and self.captain_id is None


class Answer(db.Model):
    """What an entry says to one field: a JSON value, a sealed number, or a stored file; choices are in signups_pick."""

    __tablename__ = "signups_answer"
    __table_args__ = (UniqueConstraint("entry_id", "field_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("signups_entry.id", ondelete="CASCADE"))
    field_id: Mapped[int] = mapped_column(ForeignKey("signups_field.id"), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    sealed: Mapped[str] = mapped_column(String(200), default="")
    file: Mapped[str] = mapped_column(String(140), default="")
    file_name: Mapped[str] = mapped_column(String(120), default="")
    file_mime: Mapped[str] = mapped_column(String(100), default="")


class Pick(db.Model):
    """That an entry chose an answer; one that holds places is counted by the choice's quota."""

    __tablename__ = "signups_pick"
    entry_id: Mapped[int] = mapped_column(ForeignKey("signups_entry.id", ondelete="CASCADE"), primary_key=True)
    choice_id: Mapped[int] = mapped_column(ForeignKey("signups_choice.id"), primary_key=True, index=True)
