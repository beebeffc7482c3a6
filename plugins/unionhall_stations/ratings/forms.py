"""Forms of ratings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, TextAreaField

from unionhall.plugin import DeskForm, at_most, form_choices, optional_field, required

STARS = (("5", _l("5 星，很好")), ("4", _l("4 星，好")), ("3", _l("3 星，一般")), ("2", _l("2 星，不好")), ("1", _l("1 星，很不好")))


class RateForm(DeskForm):
    """What a member says of a visit."""

    stars = RadioField(_l("这次怎么样"), [required(_l("请选几颗星。"))], choices=form_choices(STARS))
    comment = TextAreaField(_l("说两句"), [optional_field(), at_most(500)])
    photo = FileField(_l("照片"))


class AnswerForm(DeskForm):
    """Whether readers see a rating's words, and the reply."""

    version = HiddenField()
    shown = RadioField(_l("评语"), [optional_field()], choices=form_choices([("yes", _l("公开")), ("no", _l("不公开"))]))
    reply = TextAreaField(_l("回复"), [optional_field(), at_most(500)])

    @property
    def seen(self) -> int:
        """Return the version that was shown, 0 for what is no number."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0
