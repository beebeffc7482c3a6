"""What plugins let administrators choose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db


class PluginChoice(db.Model):
    """The settings of one plugin that differ from its form's defaults; `version` counts the times they were saved."""

    __tablename__ = "system_plugin_choice"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
