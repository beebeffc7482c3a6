"""Forms of stores, clerks, tills and of the till itself."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField

from unionhall.plugin import DayField, DeskForm, at_most, form_choices, no_line_breaks, optional_field, required
from unionhall_stations.models import Clerk, Store
from unionhall_stations.tills.clerks import ClerkFields
from unionhall_stations.tills.stores import StoreFields

TEXTS = ("legal_name", "credit_code", "contact", "phone", "agreement", "payee_name", "payee_bank")


class StoreForm(DeskForm):
    """A store."""

    org_id = SelectField(_l("所属工会"), coerce=int)
    name = StringField(_l("门店名称"), [required(_l("还没有填门店名称。")), at_most(80), no_line_breaks])
    legal_name = StringField(_l("单位全称"), [optional_field(), at_most(120), no_line_breaks])
    credit_code = StringField(_l("统一社会信用代码"), [optional_field(), at_most(40), no_line_breaks])
    contact = StringField(_l("联系人"), [optional_field(), at_most(60), no_line_breaks])
    phone = StringField(_l("电话"), [optional_field(), at_most(40), no_line_breaks])
    agreement = StringField(_l("协议编号"), [optional_field(), at_most(80), no_line_breaks])
    starts_on = DayField(_l("协议开始"), [required(_l("请填协议开始的日期。"))])
    ends_on = DayField(_l("协议到期"), [optional_field()])
    payee_name = StringField(_l("户名"), [optional_field(), at_most(120), no_line_breaks])
    payee_bank = StringField(_l("开户银行"), [optional_field(), at_most(120), no_line_breaks])
    account = StringField(_l("银行账号"), [optional_field(), at_most(60), no_line_breaks])
    version = HiddenField()

    def fill(self, found: Store) -> None:
        """Show what is kept; the account number never comes back."""
        for name in (*TEXTS, "name", "starts_on", "ends_on"):
            self[name].data = getattr(found, name)
        self.version.data = str(found.version)

    def given(self) -> StoreFields:
        """Return what was typed."""
        text = {name: self[name].data or "" for name in (*TEXTS, "account")}
        return StoreFields(self.name.data or "", self.starts_on.data or date.min, self.ends_on.data, **text)


class ReasonForm(DeskForm):
    """Why."""

    reason = StringField(_l("原因"), [required(_l("请写原因。")), at_most(200), no_line_breaks])


class RenewForm(DeskForm):
    """The days of a new agreement."""

    starts_on = DayField(_l("协议开始"), [required(_l("请填协议开始的日期。"))])
    ends_on = DayField(_l("协议到期"), [optional_field()])


class ClerkForm(DeskForm):
    """A clerk."""

    name = StringField(_l("姓名"), [required(_l("还没有填姓名。")), at_most(60), no_line_breaks])
    manager = BooleanField(_l("店长：可以确认结算单，撤销别人的核销"))
    identity = StringField(_l("会员的证件号码"), [optional_field(), at_most(40), no_line_breaks])
    unlink = BooleanField(_l("不再是会员，取消关联"))

    def fill(self, found: Clerk) -> None:
        """Show what is kept; no identity number comes back."""
        self.name.data, self.manager.data = found.name, found.manager

    def given(self) -> ClerkFields:
        """Return what was typed."""
        return ClerkFields(self.name.data or "", bool(self.manager.data), self.identity.data or "")


class TillForm(DeskForm):
    """A new till."""

    station_id = SelectField(_l("在哪个驿站"), coerce=int)
    label = StringField(_l("名称"), [required(_l("还没有填名称，例如“1 号收银台”。")), at_most(60), no_line_breaks])


class EnrolForm(DeskForm):
    """The code that makes a device a till."""

    code = StringField(_l("登记码"), [required(_l("还没有输登记码。")), at_most(40)])


class PinForm(DeskForm):
    """Who begins a turn."""

    clerk_id = RadioField(_l("你是谁"), coerce=int, validators=[required(_l("请选择你的名字。"))])
    pin = PasswordField(_l("PIN（6 位数字）"), [required(_l("还没有输 PIN。"))])


class FirstPinForm(DeskForm):
    """A PIN of one's own."""

    first = HiddenField()
    pin = PasswordField(_l("新的 PIN（6 位数字）"), [required(_l("还没有输新的 PIN。"))])
    again = PasswordField(_l("再输一次"), [required(_l("请再输一次。"))])


SIGN, CARDS = "sign", "cards"
KINDS = ((SIGN, _l("A4 驿站牌：编号、名称、使用公约、二维码，一站一页")), (CARDS, _l("二维码小卡：一页 10 张，贴在柜台和座位上")))


class PosterForm(DeskForm):
    """What to print."""

    kind = RadioField(_l("做什么"), choices=form_choices(KINDS), default=SIGN, validators=[required(_l("请选一种。"))])
    rules = TextAreaField(_l("使用公约"), [optional_field(), at_most(600)])
