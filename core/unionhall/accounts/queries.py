"""Reads of accounts, always on behalf of an actor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.base.text import fold, like_escape
from unionhall.hooks.types import Role
from unionhall.platform import access
from unionhall.platform.access import Actor

READ = "accounts.read"
PAGE = 50
STATES = {
    "enabled": (Account.disabled_at.is_(None), or_(Account.password_hash != "", Account.phone_hash.is_not(None))),
    "waiting": (Account.disabled_at.is_(None), Account.password_hash == "", Account.phone_hash.is_(None)),
    "disabled": (Account.disabled_at.is_not(None),),
}


def get(account_id: int, *, actor: Actor, permission: str = READ) -> Account:
    """Return an account in an org where the actor holds the permission. Raises NotFound otherwise."""
    statement = select(Account).where(Account.id == account_id).options(selectinload(Account.grants))
    account = db.session().scalar(access.scoped(statement, Account, actor, permission))
    if account is None:
        raise NotFound()
    return account


def listed(
    *, actor: Actor, search: str = "", state: str = "", below: str | None = None, page: int = 1
) -> tuple[list[Account], int]:
    """Return a page of accounts by name, and how many there are in all; `state` is one of STATES, anything else is all."""
    statement = _narrowed(access.scoped(select(Account), Account, actor, READ, below), search, state)
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(statement.subquery()), why="counted")) or 0
    rows = statement.options(selectinload(Account.grants)).order_by(Account.name, Account.id)
    return list(db.session().scalars(rows.limit(PAGE).offset((page - 1) * PAGE)).unique()), total


def taken_along(
    *, actor: Actor, search: str, state: str, below: str, after: int, limit: int
) -> list[Account]:
    """Return the accounts of a list above the id `after`, with their grants, whole pages of it for a file."""
    statement = _narrowed(access.scoped(select(Account), Account, actor, READ, below), search, state).where(Account.id > after)
    rows = statement.options(selectinload(Account.grants)).order_by(Account.id).limit(limit)
    return list(db.session().scalars(rows).unique())


def _narrowed(statement: Select[Account], search: str, state: str) -> Select[Account]:
    if search:
        pattern = f"%{like_escape(fold(search))}%"
        names = func.lower(Account.name).like(pattern, escape="\\")
        statement = statement.where(or_(Account.login_key.like(pattern, escape="\\"), names))
    return statement.where(*STATES[state]) if state in STATES else statement


def names(ids: set[int]) -> dict[int, str]:
    """Return {account id: name} for lines that say who did something."""
    if not ids:
        return {}
    rows = db.session().execute(access.unscoped(select(Account.id, Account.name).where(Account.id.in_(ids)), why="names"))
    return {row.id: row.name for row in rows}


def id_of_login(login: str) -> int | None:
    """Return the id of the account with exactly this login name; never by mail or mobile, which would tell who has an account."""
    found = access.unscoped(select(Account.id).where(Account.login_key == fold(login)), why="login")
    return db.session().scalar(found) if fold(login) else None


def logins(ids: set[int]) -> dict[int, str]:
    """Return {account id: login name} for a form that names accounts by it."""
    wanted = access.unscoped(select(Account.id, Account.login).where(Account.id.in_(ids)), why="names")
    return {row.id: row.login for row in db.session().execute(wanted)}


def holders(permission: str, org_path: str, now: datetime) -> list[int]:
    """Return the ids of the accounts to tell of what needs a permission at an org: those granted there, else at the nearest org above."""
    rights = access.rights()
    roles = [role for role in {*Role, *rights.added()} if permission in rights.of_role(role)]
    chain = [int(part) for part in org_path.strip("/").split("/")]
    wanted = select(AccountGrant.org_id, AccountGrant.account_id).join(Account, Account.id == AccountGrant.account_id).where(
        AccountGrant.org_id.in_(chain), AccountGrant.role.in_(roles), AccountGrant.revoked_at.is_(None), AccountGrant.starts_at <= now,
        or_(AccountGrant.ends_at.is_(None), AccountGrant.ends_at > now), Account.disabled_at.is_(None),
    )  # fmt: skip
    held: dict[int, set[int]] = {}
    for org_id, account_id in db.session().execute(access.unscoped(wanted, why="told")):
        held.setdefault(org_id, set()).add(account_id)
    return next((sorted(held[org_id]) for org_id in reversed(chain) if org_id in held), [])
