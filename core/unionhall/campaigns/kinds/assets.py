"""Which assets of the media library the core's kinds show, read from what they keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unionhall.media import uses


def assets_of(kind: str, config: Mapping[str, Any]) -> set[int]:
    """Return the asset ids in a component's settings; plugins' kinds say theirs by `unionhall_media_users`."""
    if kind == "campaigns.text":
        return uses.assets_in(str(config.get("body", "")))
    if kind == "campaigns.gallery":
        return {item for item in config.get("pictures", []) if isinstance(item, int)}
    poster = config.get("poster") if kind == "campaigns.video" else None
    return {poster} if isinstance(poster, int) else set()
