"""The demo's media library: pictures and documents from `demo_data/`, described as `library.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from unionhall.hooks.types import SYSTEM
from unionhall.media import folders
from unionhall.media import services as media
from unionhall.media.models import Asset
from unionhall.media.services import Details
from unionhall.orgs.models import Org

AT_ONCE = 4
SAID = ("title", "alt", "caption", "credit", "licence", "consent", "shared")


def load(places: Mapping[str, Org], now: datetime) -> dict[str, Asset]:
    """Store everything once, the slow decoding side by side; returns {file name without its ending: asset}."""
    rows = list(_rows())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        prepared = list(pool.map(lambda row: media.prepare_file(row["path"].read_bytes(), row["path"].name), rows))
    found = {}
    for row, item in zip(rows, prepared, strict=True):
        org = places[row.get("org", "dongjin")]
        kept = media.keep(item, row.get("name", row["path"].name), org=org, details=_details(row), actor=SYSTEM, now=now)
        folders.move([kept.asset], row.get("folder", ""), actor=SYSTEM, now=now)
        found[row["path"].stem] = kept.asset
    return found


def _rows() -> Iterator[dict[str, Any]]:
    home = Path(str(files("unionhall.news") / "demo_data"))
    written = tomllib.loads((home / "library.toml").read_text("utf-8"))
    for kind, place in (("picture", "photos"), ("document", "documents")):
        for row in written[kind]:
            yield row | {"path": home / place / row["file"]}


def _details(row: dict[str, Any]) -> Details:
    left, top = row.get("focal", (500, 500))
    said = {name: row[name] for name in SAID if name in row}
    return Details(**said, focal_x=left, focal_y=top, tags=tuple(row["tags"]))
