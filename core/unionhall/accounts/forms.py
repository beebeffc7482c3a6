"""Forms about accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, Regexp

from unionhall.accounts.administration import LOGIN
from unionhall.desk.forms import DeskForm, MomentField, at_most, no_line_breaks, optional, required

_PASSWORD = [required(_l("还没有填密码。"))]
_ADDRESS = Regexp(r"^[^\s@]+@[^\s@]+\.[^\s@]+$", message=_l("这不像一个邮箱地址。应当是 名字@单位.cn 的样子。"))
_MAIL = [optional(), at_most(200), no_line_breaks, _ADDRESS]


class LoginForm(DeskForm):
    """Login name or mail address, and password."""

    login = StringField(_l("登录名或邮箱"), [required(_l("还没有填登录名。")), at_most(200)])
    password = PasswordField(_l("密码"), _PASSWORD)


class CodeForm(DeskForm):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(_l("动态口令"), [required(_l("还没有填口令。")), at_most(40)])


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
