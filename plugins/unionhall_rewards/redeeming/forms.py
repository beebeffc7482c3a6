"""What is typed at a till: a code, a bill, a reason; and the desk's word on a pattern."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField

from unionhall.plugin import DeskForm, YuanField, at_most, form_choices, no_line_breaks, optional_field, required
from unionhall_rewards.redeeming.labels import REASONS


class LookForm(DeskForm):
    """What was scanned or typed."""

    code = StringField(_l("券码"), [required(_l("请扫码，或输入 16 位券码。")), at_most(80), no_line_breaks])


class RedeemForm(DeskForm):
    """The bill that a coupon is taken off; `ticket` says which coupon, `key` that it is one and the same click."""

    ticket = HiddenField()
    key = HiddenField()
    bill = YuanField(_l("消费金额（元）"), [optional_field()], least="0")


class ReverseForm(DeskForm):
    """Why a redemption is taken back."""

    key = HiddenField()
    why = SelectField(_l("原因"), choices=form_choices(REASONS.items()))
    reason = StringField(_l("说明"), [at_most(160), no_line_breaks])

    def words(self) -> str:
        """Return both as the reason that is kept."""
        kind, more = str(self.why.data or ""), (self.reason.data or "").strip()
        if kind == "other":
            return more
        return f"{REASONS[kind]}：{more}" if more else str(REASONS[kind])


class LookedForm(DeskForm):
    """What somebody found when they looked at a pattern."""

    note = StringField(
        _l("核实的结果"), [required(_l("请写一句核实的结果，例如“已向店里核实，是同一家人”。")), at_most(200), no_line_breaks]
    )
