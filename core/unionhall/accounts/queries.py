"""Reads of accounts, always on behalf of an actor."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.base.text import fold, like_escape
from unionhall.platform import access
from unionhall.platform.access import Actor

READ = "accounts.read"
PAGE = 50
STATES = {
    "enabled": (Account.disabled_at.is_(None), Account.password_hash != ""),
    "waiting": (Account.disabled_at.is_(None), Account.password_hash == ""),
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
    statement = access.scoped(select(Account), Account, actor, READ, below)
    if search:
        pattern = f"%{like_escape(fold(search))}%"
        names = func.lower(Account.name).like(pattern, escape="\\")
        statement = statement.where(or_(Account.login_key.like(pattern, escape="\\"), names))
    if state in STATES:
        statement = statement.where(*STATES[state])
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(statement.subquery()), why="counted")) or 0
    rows = statement.options(selectinload(Account.grants)).order_by(Account.name, Account.id)
    return list(db.session().scalars(rows.limit(PAGE).offset((page - 1) * PAGE)).unique()), total


def names(ids: set[int]) -> dict[int, str]:
    """Return {account id: name} for lines that say who did something."""
    if not ids:
        return {}
    rows = db.session().execute(access.unscoped(select(Account.id, Account.name).where(Account.id.in_(ids)), why="names"))
    return {row.id: row.name for row in rows}
