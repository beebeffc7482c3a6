"""Forms of kinds, gifts, requests to take back, and extensions."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.plugin import DayField, DeskForm, YuanField, at_most, form_choices, in_yuan, optional_field, required
from unionhall_rewards.coupons import labels
from unionhall_rewards.coupons.gifts import MOST_EACH
from unionhall_rewards.coupons.kinds import Rules
from unionhall_rewards.coupons.models import CouponKind, Form

MOST_YUAN = 50_000


class ManyField(SelectMultipleField):
    """Several choices, as boxes that a thumb can hit."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _whole(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填 %(min)s 到 %(max)s 之间的整数。"))


class KindForm(DeskForm):
    """A kind of coupon."""

    optional_mark: ClassVar[bool] = True
    fund_id = SelectField(_l("哪笔经费出钱"), coerce=int)
    name = StringField(_l("名称"), [required(_l("还没有填名称。")), at_most(60)])
    name_en = StringField(_l("英文名称"), [at_most(120)])
    form = RadioField(_l("怎么用"), choices=form_choices(labels.FORMS.items()), default=Form.CASH_OFF.value)
    face = YuanField(_l("面值（元）"), [required(_l("还没有填面值。"))], most=MOST_YUAN)
    min_spend = YuanField(_l("满多少元可用"), [optional_field()], least="0", most=MOST_YUAN)
    percent = IntegerField(_l("减百分之几"), [optional_field(), _whole(1, 99)])
    valid_days = IntegerField(_l("拿到以后几天内有效"), [optional_field(), _whole(1, 730)])
    valid_from = DayField(_l("从哪天起"), [optional_field()])
    valid_until = DayField(_l("到哪天止（当天还能用）"), [optional_field()])
    everywhere = RadioField(_l("哪里能用"), choices=form_choices([("yes", _l("全部门店")), ("no", _l("只在选中的门店"))]), default="yes")
    store_ids = ManyField(_l("门店"), coerce=int)
    stackable = BooleanField(_l("可以和别的券一起用"))
    family = BooleanField(_l("可以给家里人用"))
    terms = TextAreaField(_l("使用说明"), [at_most(2000)])
    version = HiddenField(default="1")

    def offer(self, funds: Iterable[tuple[int, str]], stores: Iterable[tuple[int, str]]) -> None:
        """Say which funds and stores may be chosen."""
        self.fund_id.choices = form_choices(funds)
        self.store_ids.choices = form_choices(stores)

    def fill(self, kind: CouponKind) -> None:
        """Show what a kind says."""
        for name in ("fund_id", "name", "name_en", "form", "valid_days", "valid_from", "valid_until", "stackable", "family", "terms"):
            self[name].data = getattr(kind, name)
        self.face.data, self.min_spend.data = in_yuan(kind.face_fen), in_yuan(kind.min_spend_fen or None)
        self.percent.data = kind.percent or None
        self.everywhere.data = "yes" if kind.everywhere else "no"
        self.store_ids.data, self.version.data = [place.store_id for place in kind.places], str(kind.version)

    def rules(self) -> Rules:
        """Return what was typed."""
        everywhere = self.everywhere.data != "no"
        return Rules(
            fund_id=self.fund_id.data, name=self.name.data or "", form=self.form.data or "", face_fen=self.face.fen or 0,
            name_en=self.name_en.data or "", min_spend_fen=self.min_spend.fen or 0, percent=self.percent.data or 0,
            valid_days=self.valid_days.data, valid_from=self.valid_from.data, valid_until=self.valid_until.data, everywhere=everywhere,
            store_ids=() if everywhere else tuple(self.store_ids.data or ()), stackable=bool(self.stackable.data),
            family=bool(self.family.data), terms=self.terms.data or "",
        )  # fmt: skip

    @property
    def seen_version(self) -> int:
        """Return the version that the form was opened with."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


class OnceForm(DeskForm):
    """A form that counts once, however often it is sent."""

    key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key.data = (self.key.data or secrets.token_urlsafe(24))[:40]


class GiftForm(OnceForm):
    """Coupons by hand for named members: people are looked for, or pasted."""

    kind_id = SelectField(_l("券种"), coerce=int)
    number = IntegerField(_l("每人几张"), [required(_l("请填张数。")), _whole(1, MOST_EACH)], default=1)
    reason = StringField(_l("为什么发"), [required(_l("请写发放的原因，批准的人和审计要看。")), at_most(300)])
    q = StringField(_l("找人"), [at_most(60)])
    members = TextAreaField(_l("粘贴名单"), [at_most(8000)])


class TextForm(DeskForm):
    """A sentence."""

    text = TextAreaField(_l("原因"), [required(_l("请写原因。")), at_most(300)])


class AnswerForm(DeskForm):
    """A decision, with words where they are needed."""

    answer = TextAreaField(_l("不同意的原因"), [at_most(300)])


class AppealForm(DeskForm):
    """An objection."""

    text = TextAreaField(_l("为什么不同意"), [required(_l("请写为什么不同意。")), at_most(600)])


class AppealAnswerForm(DeskForm):
    """The answer to an objection."""

    right = RadioField(_l("结论"), [required(_l("请选一个结论。"))], choices=form_choices([
        ("no", _l("作废没有错")), ("yes", _l("申诉有理，另外补发")),
    ]))  # fmt: skip
    text = TextAreaField(_l("答复，本人会看到"), [required(_l("请写答复。")), at_most(300)])


class ExtensionForm(OnceForm):
    """A grace for live coupons of some kinds."""

    kind_ids = ManyField(_l("哪些券种"), [required(_l("请选要延期的券种。"))], coerce=int)
    days = IntegerField(_l("延长几天"), [required(_l("请填天数。")), _whole(1, 90)])
    reason = StringField(_l("原因，会员会看到"), [required(_l("请写延期的原因，会员会看到。")), at_most(300)])
