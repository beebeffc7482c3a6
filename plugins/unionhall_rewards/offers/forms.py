"""Forms of merchants and offers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from unionhall.plugin import DayField, DeskForm, MediaField, at_most, form_choices, optional_field, required
from unionhall_rewards.offers import labels
from unionhall_rewards.offers.services import MerchantFields, OfferFields


class MerchantForm(DeskForm):
    """A merchant; `login` is the account that writes its offers."""

    version = HiddenField()
    name = StringField(_l("名称"), [required(_l("还没有写商户的名称。")), at_most(80)])
    trade = SelectField(_l("行业"), choices=form_choices(labels.TRADES.items()))
    address = StringField(_l("地址"), [at_most(200)])
    phone = StringField(_l("电话"), [at_most(40)])
    contact = StringField(_l("联系人"), [at_most(60)])
    agreement = StringField(_l("协议编号"), [at_most(80)])
    starts_on = DayField(_l("协议从哪天起"), [required(_l("请填协议的开始日期。"))])
    ends_on = DayField(_l("到哪天止"), [optional_field()])
    login = StringField(_l("商户账号"), [at_most(60)])

    def fields(self, account_id: int | None) -> MerchantFields:
        """Return what was typed."""
        if self.starts_on.data is None:
            raise ValueError("a day is required")
        return MerchantFields(
            self.name.data or "", self.trade.data, self.starts_on.data, self.ends_on.data, self.address.data or "", self.phone.data or "",
            self.contact.data or "", self.agreement.data or "", account_id,
        )  # fmt: skip


def _whole(most: int) -> NumberRange:
    return NumberRange(1, most, _l("请填 %(min)s 到 %(max)s 之间的整数。"))


class PlainOfferForm(DeskForm):
    """An offer as a merchant writes it: without the media library."""

    version = HiddenField()
    title = StringField(_l("优惠是什么"), [required(_l("还没有写优惠是什么。")), at_most(60)])
    terms = TextAreaField(_l("怎么用，有什么限制"), [at_most(2000)])
    since = DayField(_l("从哪天起"), [required(_l("请填开始日期。"))])
    until = DayField(_l("到哪天止"), [required(_l("请填结束日期。"))])
    total = IntegerField(_l("一共多少份"), [optional_field(), _whole(1_000_000)])
    per_member = IntegerField(_l("每人可以用几次"), [required(_l("请填次数。")), _whole(366)], default=1)

    def fields(self) -> OfferFields:
        """Return what was typed."""
        if self.since.data is None or self.until.data is None:
            raise ValueError("days are required")
        return OfferFields(
            self.title.data or "", self.since.data, self.until.data, self.terms.data or "", self.total.data, self.per_member.data or 1,
            self.picture_id.data if "picture_id" in self else None,
        )  # fmt: skip


class OfferForm(PlainOfferForm):
    """An offer as the desk writes it."""

    org_id = 0
    picture_id = MediaField(_l("图片"))


class ReasonForm(DeskForm):
    """Why an offer goes back."""

    reason = StringField(_l("哪里要改"), [at_most(300)])
