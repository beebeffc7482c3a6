"""What `unionhall check` judges: settings, and what a site cannot do without."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from unionhall.accounts import demo, passwords
from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.checks.rules import ALWAYS, DEPLOY, DOCTOR, Rule, waiting
from unionhall.hooks.types import Role
from unionhall.host.registry import host
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall.platform.search import reading
from unionhall.settings.queries import stored

SHORTEST_KEY = 32
RFC9106_PASSES, RFC9106_MEMORY = 3, 65536


def _said(wrong: bool) -> str:
    return "yes" if wrong else ""


def _weak_key() -> str:
    return _said(len(config().secret_key) < SHORTEST_KEY)


def _insecure_cookies() -> str:
    return _said(not config().secure_cookies)


def _any_host() -> str:
    return _said(not config().trusted_hosts)


def _plain_http() -> str:
    return "" if config().site_url.startswith("https://") else config().site_url


def _demo_passwords() -> str:
    logins = [row["login"] for row in demo.rows()]
    found = db.session().scalars(unscoped(select(Account).where(Account.login_key.in_(logins)), why="check"))
    known = [a.login for a in found if a.enabled and a.password_hash and passwords.matches(a.password_hash, demo.PREFIX + a.login)]
    return " ".join(sorted(known))


def _debugging() -> str:
    flags = [name for name in ("FLASK_DEBUG", "PYTHONDEVMODE") if os.environ.get(name, "") not in {"", "0"}]
    return ", ".join([*(["testing"] if config().testing else []), *flags])


def _no_icp() -> str:
    return _said(not stored().icp_number or "000000" in stored().icp_number)


def _no_police() -> str:
    return _said(not stored().police_number or "000000" in stored().police_number)


def _no_second_factor() -> str:
    return _said(not config().require_second_factor)


def _no_mail() -> str:
    return _said(not config().smtp_host)


def _no_sms() -> str:
    return _said(not config().sms_url)


def _open_sms() -> str:
    """The gateway is given mobile numbers and one-time codes: only over HTTPS, and signed."""
    settings = config()
    wrong = [] if settings.sms_url.startswith("https://") else [settings.sms_url]
    return ", ".join([*wrong, *([] if settings.sms_key else ["sms_key"])]) if settings.sms_url else ""


def _open_files() -> str:
    """Name the files of the instance that other users of the machine can open; a closed folder protects them all."""
    instance, others = Path(config().instance), stat.S_IRWXG | stat.S_IRWXO
    if not instance.is_dir() or not instance.stat().st_mode & others:
        return ""
    inside = [instance / name for name in ("secret.key", "unionhall.cfg", "unionhall.sqlite3", "mail", "messages")]
    return " ".join(str(path) for path in inside if path.exists() and path.stat().st_mode & others)


def _plugins(*states: str) -> Callable[[], str]:
    """Return the question which plugins are in one of these states; without tables there is no telling."""

    def named() -> str:
        try:
            return ", ".join(status.found.name for status in host().statuses() if status.state in states)
        except SQLAlchemyError:
            db.session().rollback()
            return ", ".join(found.name for found in host().plugins if found.problem in states)

    return named


def _cheap_hashing() -> str:
    cheap = config().password_cost < RFC9106_PASSES or config().password_memory < RFC9106_MEMORY
    return f"{config().password_cost}, {config().password_memory}" if cheap else ""


def _nobody_in_charge() -> str:
    """An account that can log in must be system administrator of the whole tree, today."""
    held = select(AccountGrant).join(AccountGrant.account).join(Org, Org.id == AccountGrant.org_id).where(
        AccountGrant.role == Role.SYSTEM_ADMIN, Org.is_root, Account.disabled_at.is_(None), Account.password_hash != ""
    )  # fmt: skip
    now = clock.now()
    return _said(not any(grant.in_force(now) for grant in db.session().scalars(unscoped(held, why="check"))))


def _sqlite() -> str:
    return _said(config().database.startswith("sqlite"))


def _search_without_its_database() -> str:
    return _said(config().search_backend == "postgres" and config().database.startswith("sqlite"))


def _search_outgrown() -> str:
    return _said("outgrown" in reading.advice())


def _no_organiser() -> str:
    return _said(not stored().organiser)


_IN_SETTINGS = _l("在编务台的“设置”里填写。")
RULES = [
    Rule("UH-S001", "error", DEPLOY, False, _weak_key, _l("secret_key 少于 32 个字符。"), _l("删去它，让站点自己生成一个。")),
    Rule("UH-S002", "error", DEPLOY, False, _insecure_cookies, _l("Cookie 没有限定在 HTTPS。"), "secure_cookies = true"),
    Rule("UH-S003", "error", DEPLOY, False, _any_host, _l("没有写明本站的域名，任何 Host 都会得到回答。"),
         'trusted_hosts = ["www.example.cn"]'),
    Rule("UH-S004", "error", DEPLOY, False, _plain_http, _l("site_url 不是 https 地址，现在是 %(what)s。"), "site_url = https://www.example.cn"),
    Rule("UH-S005", "error", DEPLOY, True, _demo_passwords, _l("演示账号还在用演示密码：%(what)s"), "unionhall accounts disable LOGIN"),
    Rule("UH-S006", "error", DEPLOY, False, _debugging, _l("测试或调试开关开着：%(what)s"), _l("去掉 %(what)s。")),
    Rule("UH-S007", "error", DEPLOY, True, _no_icp, _l("没有填 ICP 备案号，或者还是演示用的。"), _IN_SETTINGS),
    Rule("UH-S008", "error", DEPLOY, True, _no_police, _l("没有填公安备案号，或者还是演示用的。"), _IN_SETTINGS),
    Rule("UH-S009", "error", DEPLOY, False, _no_second_factor, _l("没有要求工作人员绑定动态口令。"), "require_second_factor = true"),
    Rule("UH-S010", "error", DEPLOY, False, _no_mail,
         _l("没有邮件服务器，退稿通知和重设密码的信发不出去。"), "smtp_host = smtp.example.cn"),
    Rule("UH-S011", "error", DEPLOY | DOCTOR, False, _open_files, _l("这台机器上别的用户能读到：%(what)s"), "chmod -R go= %(what)s"),
    Rule("UH-S012", "error", ALWAYS, False, waiting, _l("还有迁移没有执行：%(what)s"), "unionhall db upgrade"),
    Rule("UH-S013", "warning", ALWAYS, False, _plugins("broken", "incompatible"), _l("插件没有载入：%(what)s"), "unionhall plugins list"),
    Rule("UH-S022", "warning", ALWAYS, False, _plugins("quarantined"), _l("插件连续出错，已被隔离：%(what)s"),
         "unionhall plugins release NAME"),
    Rule("UH-S023", "error", ALWAYS, False, _plugins("pending"), _l("插件的数据表比程序旧，它的页面停着：%(what)s"),
         "unionhall db upgrade"),
    Rule("UH-S024", "warning", ALWAYS, False, _plugins("missing"), _l("插件的程序包不在了，数据还在：%(what)s"), "unionhall plugins list"),
    Rule("UH-S014", "error", DEPLOY, False, _cheap_hashing, _l("密码散列（现在是 %(what)s）比 RFC 9106 的低内存档还弱。"),
         "password_cost = 3, password_memory = 65536"),
    Rule("UH-S015", "error", ALWAYS, True, _nobody_in_charge, _l("没有能登录的系统管理员。"), "unionhall init --admin LOGIN"),
    Rule("UH-S016", "warning", DEPLOY, False, _sqlite, _l("数据库是 SQLite，适合一台机器的小站。"), "database_url = postgresql://…"),
    Rule("UH-S017", "warning", DEPLOY, True, _no_organiser, _l("没有填主办单位。"), _IN_SETTINGS),
    Rule("UH-S018", "error", ALWAYS, False, _search_without_its_database, _l("搜索要用 PostgreSQL，数据库却是 SQLite。"),
         "search_backend = whoosh"),
    Rule("UH-S019", "warning", ALWAYS, False, _search_outgrown, _l("内容超过 3 万条，默认的搜索索引会变慢。"),
         "search_backend = tantivy | postgres; unionhall search rebuild"),
    Rule("UH-S020", "warning", DEPLOY, False, _no_sms, _l("没有短信网关，短信通知和手机验证码发不出去。"), "sms_url = https://sms.example.cn/send"),
    Rule("UH-S021", "error", DEPLOY, False, _open_sms, _l("短信网关的设置不安全或不完整：%(what)s"), "sms_url = https://…; sms_key = …"),
]  # fmt: skip
