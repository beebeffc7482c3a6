"""Forms of funds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import NumberRange

from unionhall.plugin import (
    DeskForm,
    YuanField,
    at_most,
    form_choices,
    in_yuan,
    no_line_breaks,
    optional_field,
    required,
)
from unionhall_rewards.fund import labels
from unionhall_rewards.fund.models import Fund
from unionhall_rewards.fund.services import FundFields

MOST_YUAN = 100_000_000


class FundForm(DeskForm):
    """A fund."""

    name = StringField(_l("名称"), [required(_l("还没有填经费名称。")), at_most(80), no_line_breaks])
    source_code = StringField(_l("来源科目"), [at_most(40), no_line_breaks])
    freeze_percent = IntegerField(
        _l("冻结线（%）"), [required(_l("请填冻结线。")), NumberRange(1, 100, _l("请填 %(min)s 到 %(max)s 之间的整数。"))], default=100
    )
    monthly = YuanField(_l("每月通常拨入多少元"), [optional_field()], most=MOST_YUAN)
    note = TextAreaField(_l("说明"), [at_most(300)])
    version = HiddenField(default="1")

    def fill(self, fund: Fund) -> None:
        """Show what a fund says."""
        self.name.data, self.source_code.data, self.note.data = fund.name, fund.source_code, fund.note
        self.freeze_percent.data, self.monthly.data = fund.freeze_percent, in_yuan(fund.monthly_fen or None)
        self.version.data = str(fund.version)

    def fields(self) -> FundFields:
        """Return what was filled in."""
        return FundFields(
            self.name.data or "", self.source_code.data or "", self.freeze_percent.data or 0, self.monthly.fen or 0, self.note.data or ""
        )  # fmt: skip

    def seen_version(self) -> int:
        """Return the version that the form was filled from."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 9 else 0


class BudgetForm(DeskForm):
    """A request for money."""

    kind = RadioField(
        _l("做什么"), [required(_l("请选拨入还是拨出。"))], choices=form_choices(labels.BUDGET_KINDS.items()), default="grant"
    )
    month = StringField(_l("哪个月的"), [required(_l("请填月份。")), at_most(7)])
    yuan = YuanField(_l("金额（元）"), [required(_l("还没有填金额。"))], most=MOST_YUAN)
    document = StringField(_l("批文或会议纪要文号"), [required(_l("请填批文或会议纪要的文号，方便对账。")), at_most(80), no_line_breaks])
    note = TextAreaField(_l("说明"), [at_most(300)])


class AnswerForm(DeskForm):
    """The answer to a request."""

    answer = TextAreaField(_l("答复"), [at_most(300)])
