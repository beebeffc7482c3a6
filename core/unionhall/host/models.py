"""What the site keeps about its plugins: who is switched on, in which order, and how their hooks behave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db


class PluginSwitch(db.Model):
    """The site's choice: is a plugin enabled, where it stands in the order, and what keeps it from working."""

    __tablename__ = "host_plugin"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=100)
    ever: Mapped[bool] = mapped_column(default=False, server_default=false())
    switched_at: Mapped[datetime | None]
    switched_by: Mapped[int | None]
    distribution: Mapped[str] = mapped_column(String(120), default="", server_default="")
    trouble: Mapped[str] = mapped_column(Text, default="", server_default="")
    quarantined_at: Mapped[datetime | None]
    quarantined_version: Mapped[str] = mapped_column(String(80), default="", server_default="")
    quarantined_for: Mapped[str] = mapped_column(Text, default="", server_default="")


class HookTime(db.Model):
    """What one hook of one plugin took in one hour: calls, microseconds in all and of the slowest call, failures."""

    __tablename__ = "host_time"
    __table_args__ = (CheckConstraint("calls > 0 and failures >= 0 and micros >= 0", name="counts"),)
    plugin: Mapped[str] = mapped_column(String(80), primary_key=True)
    hook: Mapped[str] = mapped_column(String(80), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    calls: Mapped[int]
    micros: Mapped[int] = mapped_column(BigInteger)
    slowest: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int]
