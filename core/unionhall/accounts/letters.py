"""What accounts send by mail, to the address that the account has at that moment."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from unionhall.accounts.models import Account
from unionhall.host.assets import absolute
from unionhall.platform import mail
from unionhall.settings.queries import site_settings


def invitation(account: Account, path: str, *, now: datetime) -> None:
    """Send the link by which somebody sets a password."""
    body = _(
        "你的账号（登录名 %(login)s）可以用了。请在 72 小时内打开下面的地址设密码：\n\n%(link)s", login=account.login, link=absolute(path)
    )
    _send(account, _("%(site)s的账号", site=site_settings().site_name), body, now)


def reset(account: Account, path: str, *, now: datetime) -> None:
    """Send the link by which a forgotten password is set anew."""
    body = _(
        "有人为你的账号申请重设密码。如果是你本人，请在 30 分钟内打开下面的地址：\n\n%(link)s\n\n"
        "如果不是你，不用理会这封信，密码不会改变。",
        link=absolute(path),
    )
    _send(account, _("重设%(site)s的密码", site=site_settings().site_name), body, now)


def password_changed(account: Account, *, now: datetime) -> None:
    """Tell that the password is a new one now."""
    _warn(account, _("你的账号（登录名 %(login)s）刚刚改了密码。", login=account.login), now)


def address_changed(account: Account, *, now: datetime) -> None:
    """Tell the address that was the account's until now."""
    _warn(account, _("你的账号（登录名 %(login)s）登记的邮箱刚刚换成了另一个，以后的信不再寄到这里。", login=account.login), now)


def phone_changed(account: Account, *, now: datetime) -> None:
    """Tell that logging in by text message goes to another number from now on."""
    _warn(account, _("你的账号（登录名 %(login)s）登记的手机号刚刚换了一个。", login=account.login), now)


def factor_removed(account: Account, *, now: datetime) -> None:
    """Tell that logging in asks for the password only from now on."""
    _warn(account, _("你的账号（登录名 %(login)s）刚刚解除了动态口令，登录只需要密码。", login=account.login), now)


def _warn(account: Account, what: str, now: datetime) -> None:
    body = _("%(what)s\n\n如果不是你本人做的，请马上联系本级组织管理员。", what=what)
    _send(account, _("%(site)s账号的安全提醒", site=site_settings().site_name), body, now)


def _send(account: Account, subject: str, body: str, now: datetime) -> None:
    if account.email:
        mail.send(account.email, subject, _("%(name)s：\n\n%(body)s", name=account.name, body=body), now=now)
