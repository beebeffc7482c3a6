"""What every part of the plugin knows: services, stations, stores, clerks, tills."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned

WORKER = "worker"


class StationState(StrEnum):
    """Where a station stands (features.md, section 6b). Readers see it from OPEN on; a CLOSED one keeps its address and says so."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    FITTING = "fitting"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


PUBLIC = (StationState.OPEN, StationState.PAUSED, StationState.CLOSED)


class HolidayRule(StrEnum):
    """What holds on public holidays: the weekday's hours, Sunday's, or none. Make-up workdays have a workday's hours."""

    WEEKDAY = "weekday"
    SUNDAY = "sunday"
    CLOSED = "closed"


class Service(Model):
    """A service that stations offer; the catalogue belongs to the whole site. `checklist` is what an inspection asks for it."""

    __tablename__ = "stations_service"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    icon: Mapped[str] = mapped_column(String(40), default="check")
    summary: Mapped[str] = mapped_column(String(200), default="")
    checklist: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=100)
    active: Mapped[bool] = mapped_column(default=True)


class Store(OrgOwned, Model):
    """A shop that runs stations and takes coupons; it is settled monthly. The account number is sealed."""

    __tablename__ = "stations_store"
    __table_args__ = (CheckConstraint("ends_on is null or ends_on >= starts_on", name="period"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    legal_name: Mapped[str] = mapped_column(String(120), default="")
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    agreement: Mapped[str] = mapped_column(String(80), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    payee_name: Mapped[str] = mapped_column(String(120), default="")
    payee_bank: Mapped[str] = mapped_column(String(120), default="")
    account_sealed: Mapped[str] = mapped_column(String(300), default="")
    account_tail: Mapped[str] = mapped_column(String(4), default="")
    ended_at: Mapped[datetime | None]
    """When the agreement was wound up: clerks gone, tills revoked, stations free. After the last day, or at once with a reason."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)


class Station(OrgOwned, Model):
    """A station. `kind` is open to other plugins ("worker" is ours, "care" another's); places are in millionths of a degree (WGS 84)."""

    __tablename__ = "stations_station"
    __table_args__ = (
        CheckConstraint("state in ('proposed','approved','fitting','open','paused','closed')", name="state"),
        CheckConstraint("holidays in ('weekday','sunday','closed')", name="holidays"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="place"),
        CheckConstraint("latitude between -90000000 and 90000000 and longitude between -180000000 and 180000000", name="degrees"),
        UniqueConstraint("kind", "number", name="uq_stations_station_kind_number"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default=WORKER, index=True)
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12), default=StationState.PROPOSED.value, index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    directions: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    responsible: Mapped[str] = mapped_column(String(60), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    wheelchair: Mapped[bool] = mapped_column(default=False)
    photo_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    week: Mapped[list[list[list[int]]]] = mapped_column(JSON, default=list)
    """Seven days from Monday, each a list of [opens, closes] in minutes after midnight; closes may be up to 2880 (past midnight)."""
    holidays: Mapped[str] = mapped_column(String(10), default=HolidayRule.WEEKDAY.value)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stations_store.id"), index=True)
    paused_until: Mapped[datetime | None]
    paused_reason: Mapped[str] = mapped_column(String(200), default="")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    store: Mapped[Store | None] = relationship()
    offers: Mapped[list[StationService]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def public(self) -> bool:
        """True when readers may see its page; one that was given up before it opened is nobody's news."""
        return self.state in PUBLIC and (self.state != StationState.CLOSED or self.opened_on is not None)


class StationService(Model):
    """That a station offers a service; one that does not work just now says so."""

    __tablename__ = "stations_station_service"
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("stations_service.id"), primary_key=True, index=True)
    note: Mapped[str] = mapped_column(String(80), default="")
    works: Mapped[bool] = mapped_column(default=True)


class SpecialDay(Model):
    """Days with other hours than the week's; `hours` are [opens, closes] in minutes, none means closed."""

    __tablename__ = "stations_special_day"
    __table_args__ = (CheckConstraint("until >= since", name="days"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    hours: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(120), default="")


class Clerk(Model):
    """Somebody who serves at a store's tills, known by a PIN there. `member_id` keeps staff out of the draws that they could influence."""

    __tablename__ = "stations_clerk"
    __table_args__ = (CheckConstraint("wrong_pins >= 0", name="pins"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stations_store.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    pin_hash: Mapped[str] = mapped_column(String(200), default="")
    pin_until: Mapped[datetime | None]
    """Until when a PIN given by the desk can be changed for one's own at a till; None for one's own."""
    manager: Mapped[bool] = mapped_column(default=False)
    """May confirm statements and take back redemptions of others."""
    wrong_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    store: Mapped[Store] = relationship(lazy="joined", innerjoin=True)


class Till(Model):
    """A phone or PC that was enrolled at a station; it proves itself with a token, of which only the hash is kept."""

    __tablename__ = "stations_till"
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), index=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stations_store.id"), index=True)
    label: Mapped[str] = mapped_column(String(60))
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the code that enrols it, once, until `code_until`."""
    code_until: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]

    station: Mapped[Station] = relationship(lazy="joined", innerjoin=True)
    store: Mapped[Store] = relationship(lazy="joined", innerjoin=True)


class Turn(Model):
    """A clerk's turn at a till: from the right PIN until they leave, are idle too long, or another takes over."""

    __tablename__ = "stations_turn"
    id: Mapped[int] = mapped_column(primary_key=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("stations_till.id"), index=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("stations_clerk.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    till: Mapped[Till] = relationship(lazy="joined", innerjoin=True)
    clerk: Mapped[Clerk] = relationship(lazy="joined", innerjoin=True)


Data = dict[str, Any]
