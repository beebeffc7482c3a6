"""Forms of notices: an objection, an answer, a withdrawal."""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from unionhall.desk.forms import DeskForm, at_most, choices, no_line_breaks, required
from unionhall.publicity.models import Outcome

ANSWERS = ((Outcome.REJECTED.value, _l("异议不成立，公示继续")), (Outcome.HELD.value, _l("异议成立，停止公示，退回修改")))


class ObjectionForm(DeskForm):
    """What is wrong, and who says so."""

    key = HiddenField()
    name = StringField(_l("姓名"), [required(_l("请填姓名。异议要实名，姓名不会公开。")), at_most(60), no_line_breaks])
    contact = StringField(_l("联系电话"), [required(_l("请填电话，核查时会联系你。")), at_most(40), no_line_breaks])
    text = TextAreaField(_l("异议内容"), [required(_l("请写明哪一项有什么问题。")), at_most(2000)])

    def set_key(self) -> None:
        """Give a new form its key."""
        self.key.data = self.key.data or secrets.token_hex(16)


class AnswerForm(DeskForm):
    """What came of an objection."""

    outcome = RadioField(_l("核查结果"), choices=choices(ANSWERS), validators=[required(_l("请选核查结果。"))])
    answer = TextAreaField(_l("答复"), [required(_l("请写明核查结果。")), at_most(600)])


class ReasonForm(DeskForm):
    """Why a notice is taken back."""

    reason = TextAreaField(_l("撤回理由"), [required(_l("请写明理由，公示页会写出来。")), at_most(300)])
