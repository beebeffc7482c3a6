"""What has happened to stations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model


class StationStep(Model):
    """A step of a station: proposed, approved, opened, paused, closed; who took it, and why."""

    __tablename__ = "stations_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    """The state that it led to."""
    reason: Mapped[str] = mapped_column(String(200), default="")
    until: Mapped[datetime | None]
    actor_id: Mapped[int | None]
    at: Mapped[datetime]
