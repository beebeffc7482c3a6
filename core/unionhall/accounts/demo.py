"""The demo's accounts, from `demo_data/people.toml`. Their passwords are known: `check --deploy` refuses them."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from unionhall.accounts import administration, passwords
from unionhall.accounts.models import Account
from unionhall.accounts.sessions import actor_of
from unionhall.base import db
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.orgs import demo as orgs
from unionhall.platform.access import unscoped

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


def account(login: str) -> Account:
    """Return an account of the demo."""
    return db.session().scalars(unscoped(select(Account).where(Account.login_key == login), why="demo")).one()


def account_id(login: str) -> int:
    """Return the id of an account of the demo, for the demos of plugins."""
    return account(login).id


def acting(login: str, now: datetime) -> Actor:
    """Return somebody of the demo as an actor with the system's rights: what is told of them happened before they had grants."""
    actor = actor_of(account(login), now)
    return Actor(actor.account_id, actor.name, actor.login, actor.grants, system=True)
