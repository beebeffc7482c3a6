"""Administering accounts: create, disable, grant. Nobody gives more than they hold, nor anything to themselves."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.accounts import second_factor, sessions
from unionhall.accounts.models import Account, AccountGrant
from unionhall.accounts.services import INVITE, INVITE_LASTS, by_login, hand_out
from unionhall.base import db
from unionhall.base.errors import NotAllowed, RuleBroken
from unionhall.base.text import fold, tidy
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

MANAGE = "accounts.manage"


def create_account(org: Org, *, login: str, name: str, email: str = "", actor: Actor, now: datetime) -> Account:
    """Create an account that has no password yet. Raises NotAllowed; RuleBroken when the login is taken."""
    access.require(actor, MANAGE, org)
    if by_login(login):
        raise RuleBroken(_("登录名“%(login)s”已经有人用了，换一个。", login=tidy(login)), field="login")
    account = Account(
        org_id=org.id, login=tidy(login), login_key=fold(tidy(login)), name=tidy(name), email=fold(tidy(email)), created_at=now
    )
    db.session().add(account)
    db.session().flush()
    audit.record("accounts.created", f"account:{account.id}", actor=actor, now=now, org_id=org.id)
    return account


def change_account(account: Account, *, name: str, email: str, actor: Actor, now: datetime) -> None:
    """Change name and mail address."""
    access.require(actor, MANAGE, account.org)
    account.name, account.email = tidy(name), fold(tidy(email))
    audit.record("accounts.changed", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def invite(account: Account, *, actor: Actor, now: datetime) -> str:
    """Return a one-time path by which the person sets a password (valid 72 h)."""
    access.require(actor, MANAGE, account.org)
    _not_above(account, actor, now)
    audit.record("accounts.invited", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)
    return f"/reset/{hand_out(account, INVITE, INVITE_LASTS, now=now)}"


def first_administrator(root: Org, *, login: str, name: str, now: datetime) -> str:
    """Make a system administrator from the command line; returns the one-time path to set the password."""
    account = by_login(login) or create_account(root, login=login, name=name, actor=SYSTEM, now=now)
    if not any(item.role == Role.SYSTEM_ADMIN and item.in_force(now) for item in account.grants):
        grant(account, Role.SYSTEM_ADMIN, root, actor=SYSTEM, now=now)
    return invite(account, actor=SYSTEM, now=now)


def grant(
    account: Account, role: Role, org: Org, *, starts_at: datetime | None = None, ends_at: datetime | None = None,
    actor: Actor, now: datetime,
) -> AccountGrant:
    """Give a role in an org's subtree. Raises NotAllowed for oneself, or a role with rights the giver lacks there."""
    access.require(actor, MANAGE, org)
    if account.id == actor.account_id:
        raise NotAllowed(_("不能给自己授权。请另一位管理员来做。"))
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再授权。", name=org.name), field="org")
    if not may_give(role, org, actor):
        raise NotAllowed(_("你在“%(org)s”的权限少于这个角色，不能授予。", org=org.name))
    starts = starts_at or now
    if ends_at is not None and ends_at <= max(starts, now):
        raise RuleBroken(_("到期时间要晚于开始时间，也要晚于现在。"), field="ends_at")
    twin = next((g for g in account.grants if g.role == role and g.org_id == org.id and g.in_force(now)), None)
    if twin is not None:
        raise RuleBroken(_("这个人在“%(org)s”已经有这个角色。要改期限，请先收回再授予。", org=org.name), field="role")
    row = AccountGrant(role=role.value, org_id=org.id, starts_at=starts, ends_at=ends_at, granted_by=actor.account_id)
    row.org = org
    account.grants.append(row)
    db.session().flush()
    audit.record("accounts.granted", f"account:{account.id}", actor=actor, now=now, org_id=org.id, role=role.value)
    return row


def may_give(role: Role, org: Org, actor: Actor) -> bool:
    """Say whether every right of the role is the giver's own at this org; a system administrator may give any role."""
    if actor.system or any(g.role == Role.SYSTEM_ADMIN and org.path.startswith(g.org_path) for g in actor.grants):
        return True
    if role == Role.SYSTEM_ADMIN:
        return False
    held = {name for g in actor.grants if org.path.startswith(g.org_path) for name in g.permissions}
    delegated = {name for name in access.rights().of_role(role) if name.partition(".")[0] in {"news", "media", "desk"}}
    return access.rights().of_role(role) <= held | (delegated if access.can(actor, MANAGE, org) else set())


def revoke(row: AccountGrant, *, actor: Actor, now: datetime) -> None:
    """Take a grant back; it ends at once, in open sessions too. Raises NotAllowed for the last system administrator."""
    access.require(actor, MANAGE, row.org)
    if not may_give(Role(row.role), row.org, actor):
        raise NotAllowed(_("这个角色的权限比你的多，不能由你收回。"))
    if row.role == Role.SYSTEM_ADMIN and _other_system_admins(row, now) == 0:
        raise RuleBroken(_("这是最后一位系统管理员。请先给另一个人授权。"))
    row.revoked_at = now
    audit.record("accounts.revoked", f"account:{row.account_id}", actor=actor, now=now, org_id=row.org_id, role=row.role)


def disable(account: Account, *, actor: Actor, now: datetime) -> None:
    """Lock an account out; its sessions end now. Raises NotAllowed for oneself or somebody with more rights."""
    access.require(actor, MANAGE, account.org)
    if account.id == actor.account_id:
        raise NotAllowed(_("不能停用自己的账号。"))
    _not_above(account, actor, now)
    account.disabled_at = now
    sessions.end_all(account.id, now=now)
    audit.record("accounts.disabled", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def enable(account: Account, *, actor: Actor, now: datetime) -> None:
    """Let a disabled account log in again."""
    access.require(actor, MANAGE, account.org)
    _not_above(account, actor, now)
    account.disabled_at = None
    audit.record("accounts.enabled", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def end_sessions(account: Account, *, actor: Actor, now: datetime) -> int:
    """End all of somebody's sessions; returns how many."""
    access.require(actor, MANAGE, account.org)
    _not_above(account, actor, now)
    audit.record("accounts.sessions_ended", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)
    return sessions.end_all(account.id, now=now)


def reset_second_factor(account: Account, *, actor: Actor, now: datetime) -> None:
    """Unbind somebody's lost phone; all their sessions end."""
    access.require(actor, MANAGE, account.org)
    if account.id == actor.account_id:
        raise NotAllowed(_("自己的动态口令请到“个人设置”里解除。"))
    _not_above(account, actor, now)
    second_factor.remove(account, actor=actor, now=now)
    sessions.end_all(account.id, now=now)


def hand_over(source_id: int, target_id: int, *, actor: Actor, now: datetime) -> None:
    """Move accounts and grants from an org to the one it is merged into."""
    db.session().execute(update(Account).where(Account.org_id == source_id).values(org_id=target_id))
    db.session().execute(
        update(AccountGrant).where(AccountGrant.org_id == source_id, AccountGrant.revoked_at.is_(None)).values(org_id=target_id)
    )


def _not_above(account: Account, actor: Actor, now: datetime) -> None:
    """An administrator has no power over somebody whose rights reach beyond their own."""
    if not all(may_give(Role(item.role), item.org, actor) for item in account.grants if item.in_force(now)):
        raise NotAllowed(_("这个账号的权限比你的多，请上级管理员处理。"))


def _other_system_admins(row: AccountGrant, now: datetime) -> int:
    others = db.session().scalars(
        select(AccountGrant).where(AccountGrant.role == Role.SYSTEM_ADMIN, AccountGrant.account_id != row.account_id)
    )
    return sum(item.in_force(now) for item in others)
