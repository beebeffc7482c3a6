"""Forms about accounts."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import EqualTo, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.accounts.administration import LOGIN
from unionhall.accounts.phones import folded, is_mobile
from unionhall.desk.forms import DeskForm, MomentField, at_most, choices, no_line_breaks, optional, required

_PASSWORD = [required(_l("还没有填密码。"))]
_ADDRESS = Regexp(r"^[^\s@]+@[^\s@]+\.[^\s@]+$", message=_l("这不像一个邮箱地址。应当是 名字@单位.cn 的样子。"))
_MAIL = [optional(), at_most(200), no_line_breaks, _ADDRESS]


class LoginForm(DeskForm):
    """Mobile number, login name or mail address, and password."""

    login = StringField(_l("手机号、登录名或邮箱"), [required(_l("还没有填登录名。")), at_most(200)])
    password = PasswordField(_l("密码"), _PASSWORD)


class CodeForm(DeskForm):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(_l("动态口令"), [required(_l("还没有填口令。")), at_most(40)])


def is_a_mobile(_form: DeskForm, field: StringField) -> None:
    """Refuse what is no mobile number; says nothing about whose it is."""
    if field.data and not is_mobile(folded(field.data)):
        raise ValidationError(_("手机号应当是 11 位数字，以 1 开头。请再核对一遍。"))


class MobileForm(DeskForm):
    """A mobile number that a code goes to."""

    mobile = StringField(_l("手机号"), [required(_l("还没有填手机号。")), at_most(40), is_a_mobile])


class PhoneCodeForm(DeskForm):
    """The code that came by text message."""

    code = StringField(_l("短信验证码"), [required(_l("还没有填验证码。")), at_most(40)])


class PasswordForm(DeskForm):
    """The present password, before one's own app is bound."""

    password = PasswordField(_l("现在的密码"), _PASSWORD)


class BindForm(CodeForm):
    """The first code of an app that has just read the QR code."""

    sealed = HiddenField()


class ForgotForm(DeskForm):
    """Whose password was forgotten."""

    login = StringField(_l("登录名或邮箱"), [required(_l("还没有填登录名或邮箱。")), at_most(200)])


class NewPasswordForm(DeskForm):
    """A new password, twice; with a show-as-you-type field it would be once."""

    password = PasswordField(_l("新密码"), _PASSWORD)
    again = PasswordField(_l("再输一遍"), [EqualTo("password", _l("两遍不一样。请再输一次。"))])


class ChangePasswordForm(NewPasswordForm):
    """One's own password, after proving the old one."""

    old = PasswordField(_l("现在的密码"), _PASSWORD)


class ProfileForm(DeskForm):
    """One's own name and mail address."""

    name = StringField(_l("姓名"), [required(_l("还没有填姓名。")), at_most(60), no_line_breaks])
    email = StringField(_l("邮箱"), _MAIL)
    password = PasswordField(_l("现在的密码"))


class RemoveFactorForm(DeskForm):
    """Unbinding one's own app asks for the password and a code."""

    password = PasswordField(_l("现在的密码"), _PASSWORD)
    code = StringField(_l("动态口令"), [required(_l("还没有填口令。")), at_most(40)])


class AccountForm(DeskForm):
    """An account, as an administrator fills it in."""

    login = StringField(
        _l("登录名"),
        [
            required(_l("还没有填登录名。")), at_most(60),
            Regexp(LOGIN, message=_l("登录名只能用字母、数字、汉字和 . - _，不能有空格。")),
        ],
    )  # fmt: skip
    name = StringField(_l("姓名"), [required(_l("还没有填姓名。")), at_most(60), no_line_breaks])
    email = StringField(_l("邮箱"), _MAIL)
    org_id = SelectField(_l("所属组织"), coerce=int)


class GrantForm(DeskForm):
    """A role in an org's subtree, for a time."""

    role = SelectField(_l("角色"))
    org_id = SelectField(_l("在哪个组织（含下级）"), coerce=int)
    starts_at = MomentField(_l("从"), [optional()])
    ends_at = MomentField(_l("到"), [optional()])


class TokenForm(DeskForm):
    """A new token for the API: for which program, what it may do, how long; the person proves who they are."""

    name = StringField(_l("给哪个程序用"), [required(_l("给令牌起个名字。")), at_most(60), no_line_breaks])
    scopes = SelectMultipleField(
        _l("允许它做什么"), [required(_l("至少选一项。"))], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    days = RadioField(_l("多久有效"), choices=choices([("30", _l("30 天")), ("90", _l("90 天")), ("365", _l("一年"))]), default="90")
    password = PasswordField(_l("现在的密码"), _PASSWORD)
    code = StringField(_l("动态口令"), [optional(), at_most(40)])
