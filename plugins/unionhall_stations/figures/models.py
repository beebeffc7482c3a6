"""What running a station costs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model


class StationCost(Model):
    """What a station costs a month (fen) from a month's first day on, until a later row says otherwise; 0: nothing any more."""

    __tablename__ = "stations_cost"
    __table_args__ = (
        CheckConstraint("fen >= 0", name="fen"),
        UniqueConstraint("station_id", "since", name="uq_stations_cost_station_id_since"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"))
    since: Mapped[date]
    fen: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
