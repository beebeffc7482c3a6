"""Who writes and reviews in the demo: the demo's accounts, and those whom its bylines name, who cannot log in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from unionhall.accounts import administration
from unionhall.accounts import demo as accounts
from unionhall.accounts.models import Account
from unionhall.accounts.sessions import actor_of
from unionhall.base import db
from unionhall.base.text import slugify
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.orgs.models import Org
from unionhall.platform.access import can, unscoped

STAFF = {"林晓棠": "yunlu", "陶知夏": "qinghe", "严既白": "yunlu"}
OWN = {"draft", "returned"}


class People:
    """Everybody in the demo's newsroom by name. Actors act as themselves, with the system's rights."""

    def __init__(self, rows: list[dict[str, Any]], places: dict[str, Org], now: datetime) -> None:
        since = now - timedelta(days=364)
        logins = [row["login"] for row in accounts.rows()]
        found = db.session().scalars(unscoped(select(Account).where(Account.login_key.in_(logins)), why="demo"))
        self._accounts = {account.name: account for account in found}
        self._by_login = {account.login: account.name for account in self._accounts.values()}
        for name, org in STAFF.items():
            self._add(name, places[org], Role.EDITOR, since)
        for row in rows:
            for name in _correspondents(row):
                if name not in STAFF and name not in self._by_login.values():
                    self._add(name, places[row["org"]], Role.CORRESPONDENT, since)
        self._actors = {name: actor_of(account, now) for name, account in self._accounts.items()}
        reviewers = [*(self._by_login[login] for login in ("editor", "neighbour")), *STAFF, self._by_login["chief"]]
        self._reviewers = [self._actors[name] for name in reviewers]

    def _add(self, name: str, org: Org, role: Role, since: datetime) -> None:
        """Make an account without a password, once; a correspondent of several orgs gets a grant in each."""
        if name not in self._accounts:
            login = slugify(name).replace("-", "")
            self._accounts[name] = administration.create_account(org, login=login, name=name, actor=SYSTEM, now=since)
        account = self._accounts[name]
        if not any(item.org_id == org.id for item in account.grants):
            administration.grant(account, role, org, actor=SYSTEM, now=since)

    def account(self, name: str) -> int | None:
        """Return the id of the account of somebody in a byline."""
        found = self._accounts.get(name)
        return found.id if found else None

    def author(self, row: dict[str, Any], org: Org) -> Actor:
        """Return who wrote a story: the first correspondent or reporter in its byline, else the one noted with it."""
        noted = self._by_login.get(row.get("author", ""), "")
        named = [*_correspondents(row), *(name for line in row["bylines"] if line["role"] == "reporter" for name in line["names"])]
        name = next((item for item in named if item in self._accounts), "")
        if noted and (row["state"] in OWN or not name):
            name = noted
        return _free(self._actors[name] if name else self._reviewers[2])

    def reviewer(self, org: Org, permission: str, busy: set[int | None]) -> Actor:
        """Return somebody with the permission at an org who is not busy with this story already."""
        free = [actor for actor in self._reviewers if actor.account_id not in busy]
        fitting = [actor for actor in free if can(actor, permission, org)]
        return _free((fitting or free)[0])


def _correspondents(row: dict[str, Any]) -> list[str]:
    return [name for line in row["bylines"] if line["role"] == "correspondent" for name in line["names"]]


def _free(actor: Actor) -> Actor:
    return Actor(actor.account_id, actor.name, actor.login, actor.grants, system=True)
