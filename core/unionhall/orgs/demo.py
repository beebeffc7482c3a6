"""The demo's org tree, from `demo_data/orgs.toml`."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.orgs import queries
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.services import OrgFields, create_org, rename_org


def rows() -> list[dict[str, Any]]:
    """Return the orgs of the demo, parents first."""
    text = (files("unionhall.orgs") / "demo_data" / "orgs.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["org"]
    return found


def load(now: datetime) -> None:
    """Make the site's root the demo's, and everything below it."""
    made: dict[str, Org] = {}
    for place, row in enumerate(rows()):
        fields = OrgFields(
            name=row["name"], short_name=row["short_name"], kind=OrgKind(row["kind"]), slug=row["slug"],
            name_en=row.get("name_en", ""), summary=row.get("summary", ""), address=row.get("address", ""),
            phone=row.get("phone", ""), term_ends=clock.local_day(now + timedelta(days=24 + 61 * place)),
        )  # fmt: skip
        if not row.get("parent"):
            made[row["key"]] = root = queries.root()
            rename_org(root, fields, version=root.version, actor=SYSTEM, now=now)
        else:
            made[row["key"]] = create_org(made[row["parent"]], fields, actor=SYSTEM, now=now)


def by_key() -> dict[str, Org]:
    """Return {key: org} of the demo, for the demo content of other features."""
    return {row["key"]: queries.by_slug(row["slug"]) for row in rows()}
