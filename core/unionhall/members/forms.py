"""Forms of activation and of the pages under `/my/`."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError

from unionhall.accounts.forms import MobileForm
from unionhall.desk.forms import DeskForm, at_most, choices, no_line_breaks, required
from unionhall.members import activation, identity
from unionhall.members.words import SUBJECTS


def is_a_document(_form: DeskForm, field: StringField) -> None:
    """Refuse what can be no identity number; judged by its form alone."""
    number = identity.folded(field.data or "")
    problem = activation.document_problem(number)
    if problem == "length":
        raise ValidationError(_("身份证号应为 18 位，现在是 %(n)s 位。请对照证件再核对一遍。", n=len(number)))
    if problem in {"date", "check"}:
        raise ValidationError(_("身份证号里有数字不对。请对照证件再核对一遍。"))
    if problem:
        raise ValidationError(_("这不像一个证件号码。请填身份证、护照或来往内地通行证上的号码。"))


class ActivationForm(MobileForm):
    """Who somebody says they are; nothing is asked that the comparison does not need (PIPL art. 6)."""

    name = StringField(_l("姓名"), [required(_l("还没有填姓名。")), at_most(60), no_line_breaks])
    id_number = StringField(_l("身份证号"), [required(_l("还没有填身份证号。")), at_most(40), is_a_document])
    agree = BooleanField(_l("我已阅读并同意"), [required(_l("请先阅读并同意个人信息说明，再点“获取验证码”。"))])


class CorrectionForm(DeskForm):
    """What is wrong on the roster, and what is right."""

    subject = SelectField(_l("哪一项不对"), choices=choices(SUBJECTS.items()))
    wish = TextAreaField(_l("应当怎样"), [required(_l("请写明应当是什么。")), at_most(400)])


class AnswerForm(DeskForm):
    """What the administrators did about it."""

    answer = TextAreaField(_l("回复本人"), [required(_l("请写一句话，告诉本人怎样处理的。")), at_most(300)])


class SureForm(DeskForm):
    """A box to tick before what cannot be undone."""

    sure = BooleanField(_l("我看清楚了，确定这样做"), [required(_l("请先勾选“我看清楚了”。"))])
