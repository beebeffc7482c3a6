"""Faults that members report."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned
from unionhall_stations.models import Service, Station
from unionhall_stations.photos import Photographed


class FaultState(StrEnum):
    """Where a report stands: nobody has looked, answered, said to be mended, over, or not to be mended."""

    OPEN = "open"
    ANSWERED = "answered"
    MENDED = "mended"
    CLOSED = "closed"
    DECLINED = "declined"


WAITING = (FaultState.OPEN, FaultState.ANSWERED)


class Fault(Photographed, OrgOwned, Model):
    """One report, of a service or (`service_id` None) of the place. `open_key` names place, service and reporter until it is over, so
    that nobody reports the same twice. `off` says that the service does not work because of it."""

    __tablename__ = "stations_fault"
    __table_args__ = (
        CheckConstraint("state in ('open','answered','mended','closed','declined')", name="state"),
        CheckConstraint("open_key is null or state not in ('closed','declined')", name="over"),
        CheckConstraint("(state in ('mended','closed')) = (mended_at is not null)", name="mended"),
        Index("ix_stations_fault_station_state", "station_id", "state"),
        Index("ix_stations_fault_due", "state", "mended_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations_station.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("stations_service.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members_member.id"), index=True)
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    text: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=FaultState.OPEN.value)
    off: Mapped[bool] = mapped_column(default=False)
    reply: Mapped[str] = mapped_column(String(500), default="")
    handled_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    mended_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """When the reporter was asked whether it is mended."""
    confirmed: Mapped[bool | None]
    """What the reporter said to that, the last time; None while they said nothing."""
    returned: Mapped[int] = mapped_column(default=0)
    """How often the reporter said that it is not mended."""
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    station: Mapped[Station] = relationship(lazy="joined", innerjoin=True)
    service: Mapped[Service | None] = relationship(lazy="joined")
