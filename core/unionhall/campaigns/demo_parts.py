"""The settings of the demo's components, from what `demo_data/campaigns.toml` says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

KINDS = {"sheet": "signups.sheet"}


def config(row: Mapping[str, Any], when: Callable[[float, float], datetime]) -> tuple[str, dict[str, Any]]:
    """Return a component's kind and settings."""
    kind = row["kind"]
    found: dict[str, Any] = {}
    if kind == "text":
        found = {"body": "".join(f"<p>{text}</p>" for text in row["text"])}
    elif kind == "counter":
        found = {"source": "figure", "figure": row.get("figure", ""), "unit": "people", "label": row.get("label", "")}
    elif kind == "countdown":
        found = {"to": "own", "at": when(row["to"], row["hour"]).isoformat(), "before": row["before"], "after": row["after"]}
    elif kind == "news":
        found = {"source": "section", "section": row["section"], "limit": row.get("limit", 3)}
    elif kind == "results":
        found = {"by": row.get("by", "item")}
    return KINDS.get(kind, f"campaigns.{kind}"), found
