"""What people change about their own account with a fresh proof of who they are: number, first password, its end."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.accounts import letters, phone_codes, proof, services, sessions
from unionhall.accounts.code_login import by_phone
from unionhall.accounts.models import Account, LoginSession
from unionhall.accounts.phones import folded, mask, mobile_hash, open_mobile, seal_mobile
from unionhall.accounts.second_factor import ALPHABET
from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Message
from unionhall.orgs.models import Org
from unionhall.platform import audit, channels

NEW_PHONE = "new-phone"


def create(org: Org, *, name: str, mobile: str, now: datetime) -> Account:
    """Make the account of somebody who proved this folded number. Raises RuleBroken when it is another account's."""
    login = "hy" + "".join(secrets.choice(ALPHABET) for _n in range(10))
    account = Account(org_id=org.id, login=login, login_key=login, name=name, created_at=now)
    account.phone_sealed, account.phone_hash = seal_mobile(mobile), mobile_hash(mobile)
    try:
        with db.session().begin_nested():
            db.session().add(account)
    except db.IntegrityError:
        raise _taken() from None
    audit.record("accounts.created", f"account:{account.id}", actor=services.actor_self(account), now=now, org_id=org.id)
    return account


def set_phone(account: Account, mobile: str, *, now: datetime) -> None:
    """Make a proved, folded number the account's. Raises RuleBroken when it is another account's."""
    values = {"phone_sealed": seal_mobile(mobile), "phone_hash": mobile_hash(mobile)}
    try:
        with db.session().begin_nested():
            db.session().execute(update(Account).where(Account.id == account.id).values(**values))
    except db.IntegrityError:
        raise _taken() from None
    db.session().refresh(account)
    actor = services.actor_self(account)
    audit.record("accounts.phone_changed", f"account:{account.id}", actor=actor, now=now, org_id=account.org_id)


def ask_new_phone(account: Account, session: LoginSession, mobile: str, *, source: str, now: datetime) -> str:
    """Send a code to the number that is to be the account's; returns the ticket. Needs a fresh proof.

    Raises RuleBroken, TooMany, Unavailable. Whether the number is another account's is said only to who holds it.
    """
    proof.require(session, now=now)
    number = folded(mobile)
    if number and mobile_hash(number) == account.phone_hash:
        raise RuleBroken(_("这就是现在登记的手机号，不用改。"), field="mobile")
    phone_codes.can_send()
    phone_codes.spend(number, source, now=now)
    return phone_codes.begin(NEW_PHONE, number, {"account": account.id}, real=True, now=now)


def finish_new_phone(account: Account, session: LoginSession, ticket: str, code: str, *, source: str, now: datetime) -> str:
    """Change the number; returns the new one. Other sessions end and the old number is told. Raises RuleBroken, TooMany."""
    proof.require(session, now=now)
    proved = phone_codes.check(NEW_PHONE, ticket, code, source=source, now=now)
    if proved.wish["account"] != account.id:
        db.keep()
        raise RuleBroken(_("这个验证码不是给这个账号的。请重新获取。"), field="code")
    if (holder := by_phone(proved.mobile)) is not None and holder.id != account.id:
        db.keep()
        raise _taken()
    old = account.phone_sealed
    set_phone(account, proved.mobile, now=now)
    _tell_old(old, proved.mobile, now)
    letters.phone_changed(account, now=now)
    sessions.end_all(account.id, now=now, but=session.id)
    sessions.renew(session)
    return proved.mobile


def set_password(account: Account, password: str, *, session: LoginSession, now: datetime) -> None:
    """Set the password anew with a fresh proof instead of the old one; other sessions end. Raises RuleBroken."""
    proof.require(session, now=now)
    services.put_password(account, password, now=now)
    sessions.end_all(account.id, now=now, but=session.id)
    sessions.renew(session)


def _tell_old(sealed: str, new: str, now: datetime) -> None:
    old = open_mobile(sealed)
    if old:
        text = _("你的账号登记的手机号刚刚换成了 %(new)s。如果不是你本人做的，请马上联系单位工会。", new=mask(new))
        message = Message(old, "", text, template="accounts.phone_changed", values={"new": mask(new)})
        channels.send(phone_codes.CHANNEL, message, now=now)


def _taken() -> RuleBroken:
    return RuleBroken(
        _("这个手机号已经是另一个账号的登录手机号。如果那也是你的账号，请先用它登录；如果不是，请联系单位工会。"), field="mobile"
    )
