"""Administering accounts: create, disable, grant. Nobody gives more than they hold, nor anything to themselves."""

from __future__ import annotations

import re
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from unionhall.accounts import letters, second_factor, services, sessions
from unionhall.accounts.models import Account, AccountGrant
from unionhall.accounts.services import INVITE, INVITE_LASTS, by_login, hand_out
from unionhall.base import db
from unionhall.base.errors import NotAllowed, RuleBroken
from unionhall.base.text import fold, tidy
from unionhall.hooks.types import SYSTEM, Actor, Grant, Role
from unionhall.orgs.models import Org
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped

MANAGE = "accounts.manage"
LOGIN = r"^[\w.\-·]{1,60}$"
LONGEST_NAME, LONGEST_ADDRESS = 60, 200
GIVES: dict[str, frozenset[str]] = {
    Role.SYSTEM_ADMIN: frozenset(Role),
    Role.ORG_ADMIN: frozenset({Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN, Role.CLERK}),
}


def create_account(org: Org, *, login: str, name: str, email: str = "", actor: Actor, now: datetime) -> Account:
    """Create an account that has no password yet. Raises NotAllowed; RuleBroken when the login is taken or unfit."""
    access.require(actor, MANAGE, org)
    login, key = tidy(login), fold(login)
    if not re.match(LOGIN, login) or len(key) > LONGEST_NAME:
        raise RuleBroken(_("登录名最多 60 个字，只能用字母、数字、汉字和 . - _，不能有空格。"), field="login")
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再新建账号。", name=org.name), field="org_id")
    account = Account(org_id=org.id, login=login, login_key=key, created_at=now)
    account.name, account.email = _fit(name, email)
    try:
        with db.session().begin_nested():
            db.session().add(account)
    except db.IntegrityError:
        raise RuleBroken(_("登录名“%(login)s”已经有人用了，换一个。", login=login), field="login") from None
    audit.record("accounts.created", f"account:{account.id}", actor=actor, now=now, org_id=org.id)
    return account


def change_account(account: Account, *, name: str, email: str, actor: Actor, now: datetime) -> None:
    """Change somebody's name and mail address. Raises NotAllowed for oneself, or somebody with more rights.

    Whoever sets the address can have the password reset: so nobody sets it for somebody above them.
    """
    access.require(actor, MANAGE, account.org)
    _not_oneself(account, actor)
    _not_above(account, actor, now)
    kept_name, address = _fit(name, email)
    if address != account.email:
        letters.address_changed(account, now=now)
        services.void_links(account, now=now)
    account.name, account.email = kept_name, address
    audit.record("accounts.changed", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def invite(account: Account, *, actor: Actor, now: datetime) -> str:
    """Return a one-time path by which the person sets a password (valid 72 h); mailed when there is an address."""
    access.require(actor, MANAGE, account.org)
    _not_oneself(account, actor)
    _not_above(account, actor, now)
    if not account.enabled:
        raise RuleBroken(_("账号停用着，链接打不开。请先启用。"))
    path = f"/reset/{hand_out(account, INVITE, INVITE_LASTS, now=now)}"
    letters.invitation(account, path, now=now)
    audit.record("accounts.invited", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)
    return path


def first_administrator(root: Org, *, login: str, name: str, now: datetime) -> str:
    """Make a system administrator from the command line; returns the one-time path to set the password."""
    account = by_login(login) or create_account(root, login=login, name=name, actor=SYSTEM, now=now)
    if not any(item.role == Role.SYSTEM_ADMIN and item.in_force(now) for item in account.grants):
        grant(account, Role.SYSTEM_ADMIN, root, actor=SYSTEM, now=now)
    return invite(account, actor=SYSTEM, now=now)


def grant(
    account: Account, role: str, org: Org, *, starts_at: datetime | None = None, ends_at: datetime | None = None,
    actor: Actor, now: datetime,
) -> AccountGrant:
    """Give a role in an org's subtree. Raises NotAllowed for oneself, or a role that the giver may not give there."""
    access.require(actor, MANAGE, org)
    access.require(actor, MANAGE, account.org)
    if account.id == actor.account_id:
        raise NotAllowed(_("不能给自己授权。请另一位管理员来做。"))
    if role not in set(Role) and role not in access.rights().added():
        raise LookupError(f"role {role!r} is not defined by the core or an enabled plugin")
    if not org.active:
        raise RuleBroken(_("“%(name)s”已关闭或已合并，不能再授权。", name=org.name), field="org_id")
    if not may_give(role, org, actor):
        raise NotAllowed(_("你在“%(org)s”的权限少于这个角色，不能授予。", org=org.name), field="role")
    starts = starts_at or now
    if ends_at is not None and ends_at <= max(starts, now):
        raise RuleBroken(_("到期时间要晚于开始时间，也要晚于现在。"), field="ends_at")
    _lock(account)
    if any(g.role == role and g.org_id == org.id and _overlap(g, starts, ends_at) for g in account.grants):
        raise RuleBroken(_("这个人在“%(org)s”已经有这个角色。要改期限，请先收回再授予。", org=org.name), field="role")
    row = AccountGrant(role=str(role), org_id=org.id, starts_at=starts, ends_at=ends_at, granted_by=actor.account_id)
    row.org = org
    account.grants.append(row)
    db.session().flush()
    audit.record("accounts.granted", f"account:{account.id}", actor=actor, now=now, org_id=org.id, role=str(role))
    return row


def may_give(role: str, org: Org, actor: Actor) -> bool:
    """Say whether one of the actor's own roles lets them give (and take back) this role at this org.

    A system administrator gives any role; an org administrator those that work in the org, those of plugins, and their own.
    """
    return actor.system or any(_gives(held, role) and org.path.startswith(held.org_path) for held in actor.grants)


def _gives(held: Grant, role: str) -> bool:
    return held.role in GIVES and (role in GIVES[held.role] or role not in set(Role))


def givable(actor: Actor) -> list[str]:
    """Return the roles that the actor may give somewhere: the core's in the usual order, then those of enabled plugins."""
    known = [*(role.value for role in Role), *access.rights().added()]
    return [role for role in known if actor.system or any(_gives(held, role) for held in actor.grants)]


def revoke(row: AccountGrant, *, actor: Actor, now: datetime) -> None:
    """Take a grant back; it ends at once, in open sessions too. Raises RuleBroken for the last system administrator."""
    access.require(actor, MANAGE, row.org)
    if not may_give(row.role, row.org, actor):
        raise NotAllowed(_("这个角色的权限比你的多，不能由你收回。"))
    if row.revoked_at is not None:
        return
    if row.role == Role.SYSTEM_ADMIN and row.org.is_root:
        _somebody_stays(row.account_id, now)
    row.revoked_at = now
    audit.record("accounts.revoked", f"account:{row.account_id}", actor=actor, now=now, org_id=row.org_id, role=row.role)


def disable(account: Account, *, actor: Actor, now: datetime) -> None:
    """Lock an account out; its sessions and links end now. Raises NotAllowed for oneself or somebody with more rights.

    Raises RuleBroken for the last system administrator.
    """
    access.require(actor, MANAGE, account.org)
    if account.id == actor.account_id:
        raise NotAllowed(_("不能停用自己的账号。"))
    _not_above(account, actor, now)
    _somebody_stays(account.id, now)
    account.disabled_at = now
    sessions.end_all(account.id, now=now)
    services.void_links(account, now=now)
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
    _not_oneself(account, actor)
    _not_above(account, actor, now)
    second_factor.remove(account, actor=actor, now=now)
    letters.factor_removed(account, now=now)
    sessions.end_all(account.id, now=now)


def hand_over(source_id: int, target_id: int, *, actor: Actor, now: datetime) -> None:
    """Move accounts and grants from an org to the one it is merged into; a role held at both for good is kept once."""
    db.session().execute(update(Account).where(Account.org_id == source_id).values(org_id=target_id))
    there = aliased(AccountGrant)
    held = select(there.id).where(
        there.account_id == AccountGrant.account_id, there.role == AccountGrant.role, there.org_id == target_id,
        there.revoked_at.is_(None), there.ends_at.is_(None), there.starts_at <= now,
    )
    twice = (AccountGrant.org_id == source_id) & AccountGrant.revoked_at.is_(None) & held.exists()
    db.session().execute(update(AccountGrant).where(twice).values(revoked_at=now), execution_options={"synchronize_session": False})
    db.session().execute(
        update(AccountGrant).where(AccountGrant.org_id == source_id, AccountGrant.revoked_at.is_(None)).values(org_id=target_id)
    )


def number_at(org_id: int) -> tuple[int, int]:
    """Return how many accounts belong to an org and how many grants are held there: what a merger takes along."""
    accounts = select(func.count()).select_from(Account).where(Account.org_id == org_id)
    grants = select(func.count()).select_from(AccountGrant).where(AccountGrant.org_id == org_id, AccountGrant.revoked_at.is_(None))
    found = db.session().scalar(unscoped(accounts, why="merge preview")), db.session().scalar(grants)
    return found[0] or 0, found[1] or 0


def _fit(name: str, email: str) -> tuple[str, str]:
    """Return name and address as they are stored. Raises RuleBroken for what does not fit."""
    kept, address = tidy(name), fold(email)
    if not kept or len(kept) > LONGEST_NAME:
        raise RuleBroken(_("姓名要有 1 到 60 个字。"), field="name")
    if len(address) > LONGEST_ADDRESS:
        raise RuleBroken(_("邮箱地址最多 200 个字。"), field="email")
    return kept, address


def _not_oneself(account: Account, actor: Actor) -> None:
    """One's own password, address and second factor are changed where the present password is asked for."""
    if account.id == actor.account_id:
        raise NotAllowed(_("自己的资料、密码和动态口令，请到“个人设置”里改。"))


def _not_above(account: Account, actor: Actor, now: datetime) -> None:
    """An administrator has no power over somebody whose rights, now or from a later day, reach beyond their own."""
    held = [g for g in account.grants if g.revoked_at is None and (g.ends_at is None or now < g.ends_at)]
    if not all(may_give(item.role, item.org, actor) for item in held):
        raise NotAllowed(_("这个账号的权限比你的多，请上级管理员处理。"))


def _overlap(row: AccountGrant, starts: datetime, ends: datetime | None) -> bool:
    return row.revoked_at is None and (row.ends_at is None or starts < row.ends_at) and (ends is None or row.starts_at < ends)


def _lock(account: Account) -> None:
    """Make whoever else changes this account's grants wait, and read them anew."""
    db.session().execute(unscoped(select(Account.id).where(Account.id == account.id).with_for_update(), why="lock"))
    db.session().expire(account, ["grants"])


def _somebody_stays(leaving: int, now: datetime) -> None:
    """Raise RuleBroken when nobody but this account could look after the whole site.

    The rows of all who could stay locked, in one order: two administrators cannot put each other out at once.
    """
    held = (
        select(AccountGrant.account_id, AccountGrant.starts_at, AccountGrant.ends_at, Account.password_hash)
        .join(AccountGrant.account)
        .join(AccountGrant.org)
        .where(AccountGrant.role == Role.SYSTEM_ADMIN, AccountGrant.revoked_at.is_(None), Org.is_root, Account.disabled_at.is_(None))
        .order_by(AccountGrant.id)
        .with_for_update(of=(AccountGrant, Account))
    )
    rows = db.session().execute(unscoped(held, why="administrators")).all()
    today = [row for row in rows if row.starts_at <= now and (row.ends_at is None or now < row.ends_at)]
    others = [row for row in today if row.account_id != leaving and row.password_hash]
    if not others and any(row.account_id == leaving for row in today):
        raise RuleBroken(_("这是最后一位系统管理员。请先给另一个人授权，并等对方设好密码。"))
