"""Forms of benefits: the catalogue's editor, the steps of a claim, what the two who check decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
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
from unionhall_chapters.benefits import labels
from unionhall_chapters.benefits.catalogue import Terms
from unionhall_chapters.benefits.claims import Payee, Story
from unionhall_chapters.benefits.models import AmountRule, Benefit, Claim

RULES = (
    (AmountRule.FIXED.value, _l("固定金额")), (AmountRule.UP_TO.value, _l("一事一议，不超过上限")),
    (AmountRule.PERCENT.value, _l("按自付费用的比例，不超过上限")),
)  # fmt: skip


class ManyField(SelectMultipleField):
    """Several choices, as boxes that a thumb can hit."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _whole(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填 %(min)s 到 %(max)s 之间的整数。"))


class BenefitForm(DeskForm):
    """One version of a benefit."""

    category = SelectField(_l("类别"), choices=form_choices(labels.CATEGORIES.items()))
    name = StringField(_l("名称"), [required(_l("还没有填名称。")), at_most(80)])
    intro = TextAreaField(_l("说明"), [at_most(2000)])
    payer = SelectField(_l("谁来支付"), choices=form_choices(labels.PAYERS.items()))
    fund = StringField(_l("经费来源"), [at_most(80)])
    amount_rule = SelectField(_l("怎么算"), choices=form_choices(RULES))
    yuan = YuanField(_l("金额或上限（元）"), [required(_l("还没有填金额。"))])
    percent = IntegerField(_l("比例（%）"), [optional_field(), _whole(1, 100)])
    papers = TextAreaField(_l("要交的材料"), [at_most(1000)])
    window_days = IntegerField(_l("事情发生后多少天内申请"), [required(_l("请填天数。")), _whole(1, 730)])
    waiting_months = IntegerField(_l("入会满几个月"), [optional_field(), _whole(0, 60)])
    per_year = IntegerField(_l("每人每年最多几次"), [optional_field(), _whole(1, 99)])
    year_yuan = YuanField(_l("每人每年最多多少元"), [optional_field()])
    audience = ManyField(_l("给谁"), choices=form_choices(labels.AUDIENCES.items()))
    needs_income = BooleanField(_l("要家庭收入证明"))
    publicity = BooleanField(_l("通过前要公示"))
    supplement = BooleanField(_l("在别的保障之外另外支付"))
    valid_from = DayField(_l("从哪天起"), [required(_l("请填开始日期。"))])
    valid_until = DayField(_l("到哪天止"), [optional_field()])

    def fill(self, found: Benefit) -> None:
        """Show what a version says."""
        for name in ("category", "name", "intro", "payer", "fund", "amount_rule", "percent", "window_days", "waiting_months", "per_year",
        "audience",
                     "needs_income", "publicity", "supplement", "valid_from", "valid_until"):  # fmt: skip
            self[name].data = getattr(found, name)
        self.percent.data = found.percent or None
        self.yuan.data, self.year_yuan.data = in_yuan(found.amount), in_yuan(found.per_year_fen)
        self.papers.data = "\n".join(paper["label"] if paper["required"] else f"?{paper['label']}" for paper in found.papers)

    def terms(self) -> Terms:
        """Return what was typed."""
        lines = [line.strip() for line in (self.papers.data or "").splitlines() if line.strip()]
        papers = tuple((line.lstrip("?？").strip(), not line.startswith(("?", "？"))) for line in lines)
        return Terms(
            self.category.data, self.name.data or "", self.amount_rule.data, self.yuan.fen or 0, self.valid_from.data or date.min,
            self.intro.data or "",
            self.payer.data, self.fund.data or "", self.percent.data or 0, papers, self.window_days.data or 0, self.waiting_months.data,
            self.per_year.data, self.year_yuan.fen, tuple(self.audience.data or ()), bool(self.needs_income.data),
            bool(self.publicity.data),
            bool(self.supplement.data), self.valid_until.data,
        )  # fmt: skip


class StoryForm(DeskForm):
    """What happened, when, where."""

    on = DayField(_l("哪天发生的"), [required(_l("请填日期。"))])
    what = StringField(_l("什么事"), [required(_l("请简单写一句。")), at_most(200)])
    place = StringField(_l("在哪里"), [at_most(120)])
    admission = StringField(_l("住院号或证件号"), [at_most(60)])
    receipts = YuanField(_l("自付费用（元）"), [optional_field()])

    def fill(self, told: Story) -> None:
        """Show what was told."""
        self.on.data, self.what.data, self.place.data, self.admission.data = told.on, told.what, told.place, told.admission
        self.receipts.data = in_yuan(told.receipts_fen)

    def story(self) -> Story:
        """Return what was typed."""
        return Story(self.on.data or date.min, self.what.data or "", self.place.data or "", self.admission.data or "", self.receipts.fen)


def papers_form(wanted: Iterable[dict[str, Any]]) -> type[DeskForm]:
    """Return a form with one place for files for each paper that a benefit asks for, and one for anything else."""

    class PapersForm(DeskForm):
        """Photos and documents."""

        asked: ClassVar[list[dict[str, Any]]] = list(wanted)

    for slot, item in enumerate(PapersForm.asked):
        setattr(PapersForm, f"paper{slot}", MultipleFileField(str(item["label"])))
    setattr(PapersForm, f"paper{len(PapersForm.asked)}", MultipleFileField(_l("其他材料")))
    return PapersForm


class PayeeForm(DeskForm):
    """Where the money goes."""

    name = StringField(_l("户名"), [required(_l("请填户名。")), at_most(60)])
    bank = StringField(_l("开户银行"), [required(_l("请填开户银行。")), at_most(80)])
    account = StringField(_l("银行账号"), [at_most(40)])

    def fill(self, claim: Claim) -> None:
        """Show what is kept; the account number never comes back."""
        self.name.data, self.bank.data = claim.payee_name, claim.payee_bank

    def payee(self) -> Payee:
        """Return what was typed."""
        return Payee(self.name.data or "", self.bank.data or "", self.account.data or "")


class SubmitForm(DeskForm):
    """The consent, given apart from everything else."""

    consent = BooleanField(_l("我同意工会为办理这份申请使用上面的健康、家庭和账户信息"))


class TextForm(DeskForm):
    """A few words: an appeal, what is missing."""

    text = TextAreaField(_l("理由"), [at_most(600)])


class AmountForm(DeskForm):
    """An amount, and words where it is lower."""

    yuan = YuanField(_l("金额（元）"), [required(_l("请填金额。"))])
    text = StringField(_l("说明"), [at_most(300)])


class RefuseForm(DeskForm):
    """A reason of the list, and in words."""

    code = RadioField(_l("原因"), choices=form_choices(labels.REFUSALS.items()), validators=[required(_l("请选一个原因。"))])
    text = TextAreaField(_l("告诉本人的话"), [required(_l("请写明原因，本人会看到。")), at_most(300)])


class PublishForm(DeskForm):
    """Whom to tell, and what was changed since the first time."""

    contact = StringField(_l("向谁反映（部门和电话）"), [required(_l("请填联系人和电话。")), at_most(120)])
    change = StringField(_l("改了什么（第二次公示才填）"), [at_most(300)])


class VisitForm(DeskForm):
    """A visit."""

    on = DayField(_l("哪天去的"), [required(_l("请填日期。"))])
    text = TextAreaField(_l("记一笔"), [at_most(300)])


class PaidForm(DeskForm):
    """When a list was paid, and under which reference."""

    on = DayField(_l("发放日期"), [required(_l("请填日期。"))])
    reference = StringField(_l("银行回单号"), [required(_l("请填银行回单号或凭证号。")), at_most(80)])
