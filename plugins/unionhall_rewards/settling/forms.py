"""Forms of settling."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from unionhall.plugin import (
    DayField,
    DeskForm,
    YuanField,
    at_most,
    form_choices,
    no_line_breaks,
    optional_field,
    required,
)


class HeardForm(DeskForm):
    """The store's answer as the desk heard it."""

    words = StringField(
        _l("谁、怎么答复的"),
        [required(_l("请写清楚是谁、怎么答复的，例如“店长电话确认，5 月 8 日”。")), at_most(300), no_line_breaks],
    )


class DisputeForm(DeskForm):
    """What is wrong with a line, or with the whole statement."""

    line = HiddenField()
    words = TextAreaField(_l("哪里不对"), [required(_l("请写清楚哪里不对。")), at_most(300)])

    def line_id(self) -> int | None:
        """Return the line it is about; None for the whole statement."""
        text = self.line.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else None


class AnswerForm(DeskForm):
    """The answer to a dispute."""

    outcome = RadioField(
        _l("怎么处理"), [required(_l("请选同意更正，还是维持原数。"))],
        choices=form_choices((("agreed", _l("同意，下一期更正")), ("declined", _l("维持原数")))),
    )  # fmt: skip
    yuan = YuanField(_l("更正多少元"), [optional_field()], least="-1000000")
    words = TextAreaField(_l("理由"), [required(_l("请写明理由，门店看得到。")), at_most(300)])


class AdjustForm(DeskForm):
    """A correction that the union found by itself."""

    yuan = YuanField(_l("更正多少元"), [required(_l("还没有填金额。"))], least="-1000000")
    words = TextAreaField(_l("理由"), [required(_l("请写更正的理由。")), at_most(300)])


class DecideForm(DeskForm):
    """The answer to a correction."""

    words = TextAreaField(_l("答复"), [at_most(300)])


class PaidForm(DeskForm):
    """That a run was paid."""

    on = DayField(_l("付款日期"), [required(_l("请填付款日期。"))])
    reference = StringField(_l("银行回单号或凭证号"), [required(_l("请填银行回单号或凭证号。")), at_most(80), no_line_breaks])
