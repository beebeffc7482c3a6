"""The forms of publishing: a moment, a sentence for readers, a place on the home page."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField

from unionhall.desk.forms import DeskForm, MomentField, at_most, optional, required
from unionhall.hooks.types import Text
from unionhall.news.models import Article

LONGEST_NOTE = 1000


class PublishForm(DeskForm):
    """Publishing at once, perhaps until a moment; what was typed as the minute to publish at is kept."""

    publish_at = MomentField(_l("发布时间"), [optional()])
    expires_at = MomentField(_l("下线时间"), [optional()])


class ScheduleForm(DeskForm):
    """Publishing at a minute, perhaps until another."""

    publish_at = MomentField(_l("发布时间"), [required(_l("写上什么时候发；要马上发，请用“立即发布”。"))])
    expires_at = MomentField(_l("下线时间"), [optional()])

    def fill(self, article: Article) -> None:
        """Show what is set now."""
        self.publish_at.data, self.expires_at.data = article.publish_at, article.expires_at


class NoteForm(DeskForm):
    """A sentence, and the revision it is about."""

    LABELS: ClassVar[dict[str, Text]] = {
        "return": _l("退回理由"), "correct": _l("更正说明"), "withdraw": _l("撤下原因"), "reinstate": _l("恢复的理由"),
    }
    revision = HiddenField()
    note = TextAreaField(_l("说明"), [at_most(LONGEST_NOTE)])

    @classmethod
    def of(cls, action: str, **kwargs: Any) -> NoteForm:
        """Return the form of an action: several stand on one page, so each field has an id of its own."""
        form = cls(**kwargs)
        form.note.id, form.note.label.text = f"{action}-note", cls.LABELS[action]
        return form

    @property
    def revision_id(self) -> int:
        """Return the id of the revision that the page showed; 0 for anything that is no id."""
        text = self.revision.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class FeatureForm(DeskForm):
    """The home page's lead, and how long an article stays on top of its section."""

    lead = BooleanField(_l("放到首页头条"))
    pinned_until = MomentField(_l("在栏目里置顶到"), [optional()])
