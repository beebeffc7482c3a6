"""Forms of the notices feature."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from unionhall.desk.forms import DeskForm, at_most, no_line_breaks, optional, required
from unionhall.notices.wording import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_TEMPLATE


class WordingForm(DeskForm):
    """A kind's text on a channel in a language."""

    subject = StringField(_l("标题"), [required(_l("还没有写标题。")), at_most(LONGEST_SUBJECT), no_line_breaks])
    body = TextAreaField(_l("内容"), [required(_l("还没有写内容。")), at_most(LONGEST_BODY)])
    template = StringField(_l("模板编号"), [optional(), at_most(LONGEST_TEMPLATE), no_line_breaks])
    version = HiddenField()

    def seen(self) -> int:
        """Return the version that the person had before them; -1 for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 9 else -1


class PreferencesForm(DeskForm):
    """How a person wants to be told; the table of kinds and channels is read from the request."""

    digest = BooleanField(_l("每天只收一封汇总邮件"))
    locale = SelectField(_l("通知用哪种语言"))
