"""One row per setting that differs from its default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db


class Setting(db.Model):
    """A key of `schema.SiteSettings` and its value."""

    __tablename__ = "settings_value"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    updated_at: Mapped[datetime]
