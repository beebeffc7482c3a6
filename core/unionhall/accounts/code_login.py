"""Logging in with a code sent to the account's mobile number."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts import phone_codes
from unionhall.accounts.models import Account
from unionhall.accounts.phones import folded, mobile_hash
from unionhall.accounts.services import by_id
from unionhall.base import db
from unionhall.base.crypto import config
from unionhall.base.errors import RuleBroken
from unionhall.platform import audit
from unionhall.platform.access import READER, unscoped

PURPOSE = "login"


def by_phone(mobile: str) -> Account | None:
    """Return the account with this folded mobile number."""
    return db.session().scalar(unscoped(select(Account).where(Account.phone_hash == mobile_hash(mobile)), why="login"))


def ask(mobile: str, *, source: str, now: datetime) -> str:
    """Return a ticket; a code goes out only to the number of an account that may log in. Raises TooMany, Unavailable."""
    number = folded(mobile)
    phone_codes.can_send()
    phone_codes.spend(number, source, now=now)
    account = by_phone(number)
    known = account is not None and account.enabled
    wish = {"account": account.id if account is not None and known else 0}
    return phone_codes.begin(PURPOSE, number, wish, real=known, now=now)


def finish(ticket: str, code: str, *, source: str, now: datetime) -> Account:
    """Return the account whose number was proved; a second factor, if it has one, is still to be asked for.

    Raises RuleBroken for a wrong code, for an account that changed meanwhile, and for staff where the site requires a second
    factor: a text message alone does not open the desk.
    """
    proved = phone_codes.check(PURPOSE, ticket, code, source=source, now=now)
    account = by_id(int(proved.wish["account"]))
    if account is None or not account.enabled or account.phone_hash != mobile_hash(proved.mobile):
        audit.record("accounts.login_failed", f"account:{account.id if account else 0}", actor=READER, now=now)
        db.keep()
        raise RuleBroken(_("这个账号刚刚有变动，请重新登录。"))
    if config().require_second_factor and not account.has_second_factor and any(grant.in_force(now) for grant in account.grants):
        db.keep()
        raise RuleBroken(_("工作人员的账号不能只凭短信登录。请用密码登录，再绑定动态口令。"))
    return account
