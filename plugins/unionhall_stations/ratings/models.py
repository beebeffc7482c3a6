"""Ratings of visits."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned
from unionhall_stations.models import Station
from unionhall_stations.photos import Photographed


class Shown(StrEnum):
    """What became of a rating's words: there are none, nobody has looked, readers see them, they stay in the desk."""

    SILENT = "silent"
    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Rating(Photographed, OrgOwned, Model):
    """One rating of a visit: a member's day at a station, so one a day. `member_id` goes after a year, the stars stay."""

    __tablename__ = "stations_rating"
    __table_args__ = (
        CheckConstraint("stars between 1 and 5", name="stars"),
        CheckConstraint("state in ('silent','waiting','shown','hidden')", name="state"),
        UniqueConstraint("station_id", "member_id", "day", name="uq_stations_rating_visit"),
        Index("ix_stations_rating_station_day", "station_id", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    day: Mapped[date]
    stars: Mapped[int]
    comment: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(8), default=Shown.SILENT.value)
    reply: Mapped[str] = mapped_column(String(500), default="")
    handled_by: Mapped[int | None]
    handled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    station: Mapped[Station] = relationship(lazy="joined", innerjoin=True)
