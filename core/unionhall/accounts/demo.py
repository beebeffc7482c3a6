"""The demo's accounts, from `demo_data/people.toml`. Their passwords are known: `check --deploy` refuses them."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from unionhall.accounts import administration, passwords
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs import demo as orgs

PREFIX = "demo-"


def rows() -> list[dict[str, Any]]:
    """Return the people of the demo."""
    text = (files("unionhall.accounts") / "demo_data" / "people.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["person"]
    return found


def load(now: datetime) -> None:
    """Create the accounts with their grants, as if a year ago."""
    places, since = orgs.by_key(), now - timedelta(days=365)
    for row in rows():
        org = places[row["org"]]
        account = administration.create_account(org, login=row["login"], name=row["name"], actor=SYSTEM, now=since)
        account.password_hash = passwords.hash_password(PREFIX + row["login"])
        account.password_at = since
        if row.get("role"):
            administration.grant(account, Role(row["role"]), org, actor=SYSTEM, now=since)
