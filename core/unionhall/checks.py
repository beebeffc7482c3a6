"""What `unionhall check` judges. Ids are stable; docs/administrators.md lists them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from unionhall.accounts import demo, passwords
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.hooks.types import Role
from unionhall.host import migrations
from unionhall.host.registry import host
from unionhall.platform.access import unscoped
from unionhall.settings.queries import site_settings

SHORTEST_KEY = 32
RFC9106_PASSES, RFC9106_MEMORY = 3, 65536


@dataclass(frozen=True)
class Finding:
    """Something unsafe or unfinished: what, and what to do."""

    id: str
    level: str
    problem: str
    remedy: str


def run(*, deploy: bool) -> list[Finding]:
    """Return what is found: the site's own health, and with `deploy` whether its settings are fit for the public."""
    groups: list[Callable[[], Iterator[Finding]]] = [_health]
    if deploy:
        groups += [_configuration, _people, _legal, _files]
    return sorted((finding for group in groups for finding in group()), key=lambda finding: finding.id)


def _error(number: int, problem: str, remedy: str) -> Finding:
    return Finding(f"UH-S{number:03}", "error", problem, remedy)


def _warning(number: int, problem: str, remedy: str) -> Finding:
    return Finding(f"UH-S{number:03}", "warning", problem, remedy)


def _health() -> Iterator[Finding]:
    if waiting := [item.owner for item in migrations.status() if not item.up_to_date]:
        yield _error(12, _("还有迁移没有执行：%(names)s", names=", ".join(waiting)), "unionhall db upgrade")
        return
    if bad := [status.found.name for status in host().statuses() if status.state in {"broken", "incompatible"}]:
        yield _warning(13, _("插件没有载入：%(names)s", names=", ".join(bad)), "unionhall plugins list")
    if not _system_administrators():
        yield _error(15, _("没有能登录的系统管理员。"), "unionhall init --admin LOGIN")


def _configuration() -> Iterator[Finding]:
    settings = config()
    if len(settings.secret_key) < SHORTEST_KEY:
        yield _error(1, _("secret_key 少于 %(n)s 个字符。", n=SHORTEST_KEY), _("删去它，让站点自己生成一个。"))
    if not settings.secure_cookies:
        yield _error(2, _("Cookie 没有限定在 HTTPS。"), "secure_cookies = true")
    if not settings.trusted_hosts:
        yield _error(3, _("没有写明本站的域名，任何 Host 都会得到回答。"), 'trusted_hosts = ["www.example.cn"]')
    if not settings.site_url.startswith("https://"):
        yield _error(4, _("site_url 不是 https 地址。"), "site_url = https://www.example.cn")
    if settings.testing or os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
        yield _error(6, _("测试或调试开关开着。"), _("去掉 testing 和 FLASK_DEBUG。"))
    if not settings.require_second_factor:
        yield _error(9, _("没有要求工作人员绑定动态口令。"), "require_second_factor = true")
    if not settings.smtp_host:
        yield _error(10, _("没有邮件服务器，退稿通知和重设密码的信发不出去。"), "smtp_host = smtp.example.cn")
    if settings.password_cost < RFC9106_PASSES or settings.password_memory < RFC9106_MEMORY:
        yield _error(14, _("密码散列比 RFC 9106 的低内存档还弱。"), "password_cost = 3, password_memory = 65536")
    if settings.database.startswith("sqlite"):
        yield _warning(16, _("数据库是 SQLite，适合一台机器的小站。"), "database_url = postgresql://…")


def _people() -> Iterator[Finding]:
    logins = [row["login"] for row in demo.rows()]
    found = db.session().scalars(unscoped(select(Account).where(Account.login_key.in_(logins)), why="check"))
    enabled = [account for account in found if account.enabled]
    known = [account.login for account in enabled if passwords.matches(account.password_hash, demo.PREFIX + account.login)]
    if known:
        yield _error(5, _("演示账号还在用演示密码：%(logins)s", logins=", ".join(known)), "unionhall accounts disable LOGIN")


def _legal() -> Iterator[Finding]:
    site = site_settings()
    where = _("在编务台的“设置”里填写。")
    if not site.icp_number or "00000000" in site.icp_number:
        yield _error(7, _("没有填 ICP 备案号。"), where)
    if not site.police_number or "00000000000000" in site.police_number:
        yield _error(8, _("没有填公安备案号。"), where)
    if not site.organiser:
        yield _warning(17, _("没有填主办单位。"), where)


def _files() -> Iterator[Finding]:
    key = Path(config().instance) / "secret.key"
    if key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield _error(11, _("别的用户能读到密钥文件 %(path)s。", path=key), f"chmod 600 {key}")


def _system_administrators() -> list[Account]:
    now = clock.now()
    accounts = db.session().scalars(unscoped(select(Account).options(selectinload(Account.grants)), why="check"))
    return [
        account
        for account in accounts
        if account.enabled and any(grant.role == Role.SYSTEM_ADMIN and grant.in_force(now) for grant in account.grants)
    ]
