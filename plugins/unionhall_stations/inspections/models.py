"""Inspections of stations: what was looked at, what was found, how it was mended; and who was put up for the year's prize."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned
from unionhall_stations.models import Station


class Result(StrEnum):
    """What was found of one point."""

    OK = "ok"
    NOT = "not"
    NA = "na"


class Light(StrEnum):
    """How an inspection ended."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Fix(StrEnum):
    """What became of what was found: nothing to mend, to be mended, said to be mended, seen to be mended."""

    NONE = "none"
    DUE = "due"
    FIXED = "fixed"
    CHECKED = "checked"


class Inspection(OrgOwned, Model):
    """One visit. An ordinary one is once a month; a secret one does not say who came."""

    __tablename__ = "stations_inspection"
    __table_args__ = (
        CheckConstraint("score between 0 and 100", name="score"),
        CheckConstraint("(done_at is null) = (score is null)", name="done"),
        CheckConstraint("fix_state in ('none','due','fixed','checked')", name="fix"),
        CheckConstraint("light in ('','green','yellow','red')", name="light"),
        Index(
            "uq_stations_inspection_month", "station_id", "month", unique=True, sqlite_where=text("secret = 0"),
            postgresql_where=text("not secret"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    secret: Mapped[bool] = mapped_column(default=False)
    inspector_id: Mapped[int | None]
    began_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    score: Mapped[int | None]
    light: Mapped[str] = mapped_column(String(6), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    fix_by: Mapped[date | None] = mapped_column(index=True)
    fix_state: Mapped[str] = mapped_column(String(8), default=Fix.NONE.value)
    fix_note: Mapped[str] = mapped_column(Text, default="")
    fixed_by: Mapped[int | None]
    fixed_at: Mapped[datetime | None]
    check_note: Mapped[str] = mapped_column(Text, default="")
    checked_by: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    station: Mapped[Station] = relationship(lazy="joined", innerjoin=True)
    points: Mapped[list[InspectionPoint]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="InspectionPoint.position", back_populates="inspection"
    )
    photos: Mapped[list[InspectionPhoto]] = relationship(cascade="all, delete-orphan", lazy="selectin", order_by="InspectionPhoto.id")


class InspectionPoint(Model):
    """One point of the checklist, in the words of the day on which the visit began."""

    __tablename__ = "stations_inspection_point"
    __table_args__ = (
        UniqueConstraint("inspection_id", "position", name="uq_stations_inspection_point_position"),
        CheckConstraint("result in ('','ok','not','na')", name="result"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("stations_inspection.id"), index=True)
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(120))
    result: Mapped[str] = mapped_column(String(3), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    inspection: Mapped[Inspection] = relationship(back_populates="points")


class InspectionPhoto(Model):
    """A photo, in private storage: of a point, or with `fix` of what was mended."""

    __tablename__ = "stations_inspection_photo"
    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("stations_inspection.id"), index=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("stations_inspection_point.id"), index=True)
    fix: Mapped[bool] = mapped_column(default=False)
    file: Mapped[str] = mapped_column(String(80), unique=True)
    mime: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class StationNomination(OrgOwned, Model):
    """That a station was put up for a year's most beautiful stations, and why."""

    __tablename__ = "stations_nomination"
    __table_args__ = (UniqueConstraint("station_id", "year", name="uq_stations_nomination_station_id_year"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), index=True)
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(String(400))
    nominated_by: Mapped[int | None]
    nominated_at: Mapped[datetime]
