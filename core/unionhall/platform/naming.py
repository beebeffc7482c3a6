"""Names that belong to a plugin begin with its own and a dot: "quiz.round"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from unionhall.base.text import like_escape


def of_plugin(column: Any, name: str) -> ColumnElement[bool]:
    """Return the condition that a column holds a name of this plugin's."""
    condition: ColumnElement[bool] = column.like(f"{like_escape(name)}.%", escape="\\")
    return condition


def belongs_to(text: str, name: str) -> bool:
    """Say whether a name is this plugin's."""
    return text.startswith(f"{name}.")
