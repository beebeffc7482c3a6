"""Visits: that somebody was at a station on a day, for its figures. Where people go is nobody's business: the person is forgotten."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model


class Visit(Model):
    """One visit: station, Shanghai day and hour. `member_id` tells people from times, and goes after a year (`visits.forget`)."""

    __tablename__ = "stations_visit"
    __table_args__ = (
        CheckConstraint("hour between 0 and 23", name="hour"),
        UniqueConstraint("station_id", "member_id", "day", name="uq_stations_visit_once"),
        Index("ix_stations_visit_station_day", "station_id", "day"),
        Index("ix_stations_visit_day", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    day: Mapped[date]
    hour: Mapped[int]
