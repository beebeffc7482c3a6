"""Forms of draws: the draft with its prizes, and the steps on the way to the result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import NumberRange, ValidationError

from unionhall.plugin import DayField, DeskForm, MomentField, Org, at_most, form_choices, optional_field, required
from unionhall_rewards.coupons.forms import ManyField
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.draws import labels
from unionhall_rewards.draws.drafting import PrizeTerms, Terms
from unionhall_rewards.draws.models import Algorithm, Draw, Prize
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import Fund

MOST_PRIZES = 12
SPARE = 2
"""Empty rows below the prizes that there are."""
THING = ""


class NumberField(DecimalField):
    """A number with some decimals; `scaled(n)` is it times 10^n, whole."""

    places_most, most, words = 2, Decimal(50_000), _l("请填数字，例如 100 或 12.50。")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip().replace(",", "").rstrip("%％") if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValueError(self.words) from None
        if not amount.is_finite() or not 0 <= amount <= self.most or amount != round(amount, self.places_most):
            raise ValueError(self.words)
        self.data = amount

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data.normalize():f}" if self.data is not None else ""

    def scaled(self, places: int) -> int:
        """Return the number times 10 to the power of `places`."""
        return int(self.data.scaleb(places)) if self.data is not None else 0


class PercentField(NumberField):
    """A chance in percent, with at most four decimals."""

    places_most, most, words = 4, Decimal(100), _l("中奖率请填 0 到 100 的数，最多四位小数，例如 0.5。")


def _whole(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填 %(min)s 到 %(max)s 之间的整数。"))


class PrizeForm(Form):
    """One prize: a thing with its value, or one or two kinds of coupons."""

    name = StringField(_l("奖项"), [at_most(60)])
    kind = SelectField(_l("奖品"), choices=[], default="")
    number = IntegerField(_l("每份几张"), [optional_field(), _whole(1, 20)])
    kind2 = SelectField(_l("再加一种券"), choices=[], default="")
    number2 = IntegerField(_l("几张"), [optional_field(), _whole(1, 20)])
    yuan = NumberField(_l("实物价值（元）"), [optional_field()])
    quantity = IntegerField(_l("份数"), [optional_field(), _whole(1, 1_000_000)])
    percent = PercentField(_l("中奖率（%）"), [optional_field()])
    per_day = IntegerField(_l("每天最多"), [optional_field(), _whole(1, 1_000_000)])
    late = IntegerField(_l("其中留到晚上"), [optional_field(), _whole(0, 1_000_000)])

    @property
    def empty(self) -> bool:
        """True for a row that was left as it was."""
        return not any((self.name.data, self.kind.data, self.yuan.data, self.quantity.data, self.percent.data))

    def validate_name(self, field: StringField) -> None:
        """A row that is used has a name, a number, and a value or coupons."""
        if self.empty:
            return
        if not (field.data or "").strip():
            raise ValidationError(_("还没有写奖项的名称，例如“一等奖”。"))
        if not self.quantity.data and not self.quantity.errors:
            raise ValidationError(_("“%(name)s”还没有写份数。", name=field.data))
        if not self.kind.data and not self.yuan.data:
            raise ValidationError(_("“%(name)s”要选券种，或者写实物值多少元。", name=field.data))

    def terms(self) -> PrizeTerms:
        """Return what was typed."""
        pack: dict[int, int] = {}
        for kind, number in ((self.kind.data, self.number.data), (self.kind2.data, self.number2.data)):
            if kind:
                pack[int(kind)] = pack.get(int(kind), 0) + (number or 1)
        return PrizeTerms(
            (self.name.data or "").strip(), self.quantity.data or 0, self.yuan.scaled(2), self.percent.scaled(4), self.per_day.data, pack,
            self.late.data or None,
        )  # fmt: skip


class DrawForm(DeskForm):
    """A draft."""

    title = StringField(_l("名称"), [required(_l("还没有写名称。")), at_most(80)])
    intro = TextAreaField(_l("介绍"), [at_most(2000)])
    algo = RadioField(_l("怎么抽"), choices=form_choices(labels.WAYS.items()), default=Algorithm.INSTANT.value)
    fund = SelectField(_l("经费"), choices=[], default="")
    opens_at = MomentField(_l("开始"), [required(_l("请写什么时候开始。"))])
    closes_at = MomentField(_l("截止"), [required(_l("请写什么时候截止。"))])
    tries_a_day = IntegerField(_l("每人每天几次机会"), [required(_l("请写几次。")), _whole(1, 9)], default=1)
    most_wins = IntegerField(_l("每人最多中几次"), [optional_field(), _whole(1, 1000)], default=1)
    day_wins = IntegerField(_l("每人每天最多中几次"), [optional_field(), _whole(1, 10)])
    month_wins = IntegerField(_l("每人每月最多中几次"), [optional_field(), _whole(1, 1000)])
    fallback = BooleanField(_l("抽中的奖发完了，就给下一项"), default=True)
    late_from = TimeField(_l("晚上从几点算起"), [optional_field()], default=time(18))
    audience = ManyField(_l("只给这些工会"), coerce=int, validate_choice=False)
    reserve = IntegerField(_l("候补几名"), [optional_field(), _whole(0, 10_000)], default=0)
    public_source = StringField(_l("公开数从哪里来"), [at_most(200)])
    public_at = MomentField(_l("什么时候读公开数"), [optional_field()])
    reveal_minutes = IntegerField(_l("最晚多少分钟内开奖"), [required(_l("请写多少分钟。")), _whole(10, 10_080)], default=60)
    organiser = StringField(_l("主办方"), [at_most(80)])
    contact = StringField(_l("联系人和电话"), [at_most(120)])
    rules = TextAreaField(_l("领奖和用券的规则"), [at_most(4000)])
    prizes = FieldList(FormField(PrizeForm), min_entries=SPARE, max_entries=MOST_PRIZES)
    version = IntegerField(_l("版本"), [optional_field()])

    def offer(self, funds: Sequence[Fund], kinds: Sequence[CouponKind]) -> None:
        """Fill the menus."""
        self.fund.choices = form_choices([("", _("不用经费（只有实物）")), *((str(fund.id), fund.name) for fund in funds)])
        menu = [(THING, _("实物")), *((str(kind.id), f"{kind.name} · {yuan(kind.face_fen)}") for kind in kinds)]
        for row in self.prizes:
            row.form.kind.choices = form_choices(menu)
            row.form.kind2.choices = form_choices([(THING, _("没有")), *menu[1:]])

    def offer_orgs(self, orgs: Sequence[Org]) -> None:
        """Fill the list of unions that the draw may be narrowed to."""
        self.audience.choices = form_choices((org.id, org.name) for org in orgs)

    def spare(self) -> None:
        """See to it that some empty rows are there."""
        while len(self.prizes) < MOST_PRIZES and sum(row.form.empty for row in self.prizes) < SPARE:
            self.prizes.append_entry()

    def fill(self, draw: Draw) -> None:
        """Show a draft."""
        for name in (
            "title", "intro", "algo", "opens_at", "closes_at", "tries_a_day", "most_wins", "day_wins", "month_wins", "fallback",
            "reserve", "public_source", "public_at", "reveal_minutes", "organiser", "contact", "rules", "version",
        ):  # fmt: skip
            self[name].data = getattr(draw, name)
        self.fund.data, self.audience.data = str(draw.fund_id or ""), list(draw.audience)
        self.late_from.data = time(draw.late_from // 60, draw.late_from % 60)
        while len(self.prizes):
            self.prizes.pop_entry()
        for prize in draw.prizes:
            self.prizes.append_entry(_row(prize))

    def terms(self) -> Terms:
        """Return what was typed."""
        instant = self.algo.data == Algorithm.INSTANT
        return Terms(
            title=(self.title.data or "").strip(), algo=self.algo.data, opens_at=self.opens_at.data, closes_at=self.closes_at.data,  # type: ignore[arg-type]
            public_source=(self.public_source.data or "").strip(), public_at=self.public_at.data,
            prizes=tuple(row.form.terms() for row in self.prizes if not row.form.empty),
            fund_id=int(self.fund.data) if self.fund.data else None, intro=self.intro.data or "", organiser=self.organiser.data or "",
            contact=self.contact.data or "", rules=self.rules.data or "", tries_a_day=self.tries_a_day.data or 1,
            most_wins=self.most_wins.data if instant else 1, month_wins=self.month_wins.data if instant else None,
            fallback=bool(self.fallback.data), reserve=0 if instant else self.reserve.data or 0,
            reveal_minutes=self.reveal_minutes.data or 60, day_wins=self.day_wins.data if instant else None,
            audience=tuple(self.audience.data or ()), late_from=_minute(self.late_from.data),
        )  # fmt: skip


def _minute(at: time | None) -> int:
    return at.hour * 60 + at.minute if at and (at.hour or at.minute) else 1080


def _row(prize: Prize) -> dict[str, object]:
    pack = list(prize.coupons.items())
    first, second = ([*pack, (THING, None), (THING, None)])[:2]
    return {
        "name": prize.name, "kind": first[0], "number": first[1], "kind2": second[0], "number2": second[1], "quantity": prize.quantity,
        "yuan": None if pack else Decimal(prize.value_fen).scaleb(-2), "per_day": prize.per_day,
        "late": prize.late,
        "percent": Decimal(prize.ppm).scaleb(-4) if prize.ppm else None,
    }  # fmt: skip


class PublicForm(DeskForm):
    """The public value as one person read it."""

    value = StringField(_l("公开数"), [required(_l("还没有写公开数。")), at_most(200)])
    note = StringField(_l("在哪里看到的，谁在场"), [required(_l("请写在哪里看到的、谁在场。")), at_most(300)])


class AgainForm(DeskForm):
    """The public value, typed again by a second person."""

    again = StringField(_l("再写一遍公开数"), [required(_l("请照着来源再写一遍。")), at_most(200)])


class SharesForm(DeskForm):
    """Two of the three sealed shares."""

    one = StringField(_l("第一份密封件"), [required(_l("请照抄密封件上的一行。")), at_most(300)])
    two = StringField(_l("第二份密封件"), [required(_l("请照抄另一份密封件上的一行。")), at_most(300)])


class ReasonForm(DeskForm):
    """A reason that is published."""

    reason = StringField(_l("原因"), [required(_l("请写一句原因。")), at_most(200)])


class CompensateForm(DeskForm):
    """One more chance for everybody of a day."""

    day = DayField(_l("哪一天的人"), [required(_l("请选一天。"))])
    reason = StringField(_l("原因"), [required(_l("请写一句原因，会公布出来。")), at_most(200)])


class ForfeitForm(DeskForm):
    """Passing a prize on to the reserve."""

    slot = IntegerField(_l("第几号"), [required(_l("没有选中奖的人。"))])
    reason = StringField(_l("原因"), [required(_l("请写明原因。")), at_most(200)])
