"""What accounts hold about a person: the account, where it is logged in; how it is shown and erased."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.accounts import phone_codes, sessions, throttle
from unionhall.accounts.labels import device, role_word
from unionhall.accounts.models import Account, AccountGrant, ApiToken, LoginSession, OneTimeToken
from unionhall.accounts.phones import masked_mobile
from unionhall.accounts.services import by_id
from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Kept, Person
from unionhall.platform import mail
from unionhall.site.formatting import moment

EMPTIED = "已注销"


def export(person: Person) -> Mapping[str, Any]:
    """Return the account with its roles, tokens and sessions; secrets (password, second factor) are said to be set, never shown."""
    account = by_id(person.account_id) if person.account_id else None
    if account is None:
        return {}
    rows = db.session().scalars(select(LoginSession).where(LoginSession.account_id == account.id).order_by(LoginSession.id.desc()))
    return {
        _("账号"): {
            _("登录名"): account.login, _("姓名"): account.name, _("邮箱"): account.email, _("手机号"): masked_mobile(account.phone_sealed),
            _("所属组织"): account.org.name, _("建立时间"): moment(account.created_at), _("设了密码"): bool(account.password_hash),
            _("绑了动态口令"): account.has_second_factor,
        },
        _("角色"): [
            {_("角色"): role_word(row.role), _("组织"): row.org.name, _("从"): moment(row.starts_at),
             _("到"): moment(row.ends_at) if row.ends_at else "", _("收回"): moment(row.revoked_at) if row.revoked_at else ""}
            for row in account.grants
        ],
        _("接口令牌"): [
            {_("名称"): row.name, _("授权"): "、".join(row.scopes), _("建立时间"): moment(row.created_at), _("到"): moment(row.expires_at),
             _("最近使用"): moment(row.used_at) if row.used_at else "", _("收回"): moment(row.revoked_at) if row.revoked_at else ""}
            for row in db.session().scalars(select(ApiToken).where(ApiToken.account_id == account.id).order_by(ApiToken.id.desc()))
        ],
        _("登录过的设备"): [
            {_("设备"): device(row.agent), _("地址"): row.address, _("开始"): moment(row.started_at),
             _("最近"): moment(row.seen_at), _("结束"): moment(row.ended_at) if row.ended_at else ""}
            for row in rows
        ],
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Empty the account, end and forget its sessions, void its tokens, links and codes; the number of it stays for the audit trail.

    Raises RuleBroken for somebody with a role: their work must be handed over first.
    """
    account = by_id(person.account_id) if person.account_id else None
    if account is None:
        return []
    refuse_staff(account, now=now)
    if account.email:
        mail.forget(account.email)
    if account.phone_hash:
        phone_codes.forget(account.phone_hash)
    throttle.clear("login:account", account.login_key)
    sessions.end_all(account.id, now=now)
    db.session().execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    db.session().execute(delete(ApiToken).where(ApiToken.account_id == account.id))
    db.session().execute(delete(OneTimeToken).where(OneTimeToken.account_id == account.id))
    empty = f"gone-{secrets.token_hex(8)}"
    db.session().execute(
        update(Account).where(Account.id == account.id).values(
            login=empty, login_key=empty, name=EMPTIED, email="", phone_sealed="", phone_hash=None, password_hash="",
            password_at=None, totp_sealed="", totp_confirmed_at=None, disabled_at=account.disabled_at or now,
        )
    )  # fmt: skip
    db.session().refresh(account)
    return [
        Kept(
            _("审计记录（只有账号编号和所做的事，没有姓名、证件号、手机号）"),
            _("《网络安全法》第二十一条：网络日志至少保存六个月；审计链不能抽去一环。"),
        )
    ]


def refuse_staff(account: Account, *, now: datetime) -> None:
    """Raise RuleBroken for somebody who holds a role now."""
    held = [row for row in _grants(account) if row.in_force(now)]
    if held:
        names = "、".join(role_word(row.role) for row in held)
        raise RuleBroken(_("你还担任%(roles)s。请先请管理员收回这些角色，把手头的工作交接好，再来注销。", roles=names))


def _grants(account: Account) -> list[AccountGrant]:
    return list(db.session().scalars(select(AccountGrant).where(AccountGrant.account_id == account.id)))
