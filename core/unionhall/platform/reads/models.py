"""Views by day, and by month once they are old. No row says anything about a reader."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db


class DayViews(db.Model):
    """How often one object's page was looked at on one day in Shanghai."""

    __tablename__ = "reads_count"
    __table_args__ = (CheckConstraint("views > 0", name="views"), Index("ix_reads_count_day", "kind", "day"))
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]


class MonthViews(db.Model):
    """The same for a whole month (named by its first day) whose days are not kept any more."""

    __tablename__ = "reads_month"
    __table_args__ = (CheckConstraint("views > 0", name="views"), Index("ix_reads_month_month", "kind", "month"))
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]
