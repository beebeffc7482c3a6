"""Roles that come with an office: given for a term, ended with it. For plugins, whose own rules say who may appoint whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from unionhall.accounts import administration
from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.orgs.models import Org
from unionhall.platform.access import rights, unscoped


def hold(account_id: int, role: str, org: Org, *, ends_at: datetime | None = None, actor: Actor, now: datetime) -> int:
    """Give an account a role at an org until a moment; returns what `give_up` takes. Raises as `grant_role` does, NotFound."""
    account = db.session().scalar(unscoped(select(Account).where(Account.id == account_id), why="given"))
    if account is None:
        raise NotFound()
    return administration.grant(account, role, org, ends_at=ends_at, actor=actor, now=now).id


def give_up(grant_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a role back that `hold` gave; one that is over already stays as it was. Raises NotAllowed."""
    row = db.session().get(AccountGrant, grant_id)
    if row is not None and row.in_force(now):
        administration.revoke(row, actor=actor, now=now)


def who_may(permission: str, org_id: int, now: datetime) -> list[int]:
    """Return the accounts that hold a permission by a grant at exactly this org: whom to tell of what waits there."""
    rows = db.session().scalars(select(AccountGrant).where(AccountGrant.org_id == org_id, AccountGrant.revoked_at.is_(None)))
    return sorted({row.account_id for row in rows if row.in_force(now) and permission in rights().of_role(row.role)})
