"""Stories of the newsroom: chosen ones, or the newest of a section, a tag or an org."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import NumberRange

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.desk.forms import DeskForm, at_most, choices
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.hooks.types import Text
from unionhall.news import queries, stories
from unionhall.news.references import article_number
from unionhall.orgs.models import Org
from unionhall.platform import pagecache

MOST, USUAL = 20, 6
_SPLIT = re.compile(r"[,，、;；\s]+")


class NewsForm(DeskForm):
    """Which stories, and how many."""

    source = RadioField(
        _l("哪些稿件"), default="tag",
        choices=choices([
            ("tag", _l("带某个标签的")), ("section", _l("某个栏目的")), ("org", _l("本组织及下级的")), ("chosen", _l("自己挑的")),
        ]),
    )  # fmt: skip
    tag = StringField(_l("标签"), [at_most(30)], description=_l("和稿件里的标签一字不差。"))
    section = SelectField(_l("栏目"), validate_choice=False)
    chosen = StringField(
        _l("稿件编号"), [at_most(300)], description=_l("写编号，例：A-20260514-17，用逗号隔开。没有发布的不会显示。")
    )
    limit = IntegerField(_l("最多几篇"), [NumberRange(1, MOST, _l("请写 1 到 20 之间的数。"))], default=USUAL)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.section.choices = choices((item.slug, queries.section_name(item)) for item in queries.public_sections() if item.open)

    def validate_chosen(self, field: StringField) -> None:
        """Refuse what is no number of an article."""
        texts = [text for text in _SPLIT.split(field.data or "") if text]
        if bad := [text for text in texts if article_number(text) is None]:
            raise ValidationError(_("看不懂这个编号：%(text)s。请写成 A-20260514-17 的样子。", text=bad[0][:40]))


def _found(view: ComponentView, now: datetime) -> Sequence[stories.Story]:
    config, limit = view.config, min(int(view.config.get("limit") or USUAL), MOST)
    source = config.get("source")
    try:
        if source == "chosen":
            numbers = [article_number(text) for text in _SPLIT.split(str(config.get("chosen") or "")) if text]
            return stories.by_ids(list(dict.fromkeys(number for number in numbers if number))[:limit], now)
        if source == "section":
            section = queries.public_section(str(config.get("section") or ""))
            pagecache.tag(f"news:section:{section.id}", "news")
            return queries.latest(now, limit=limit, section_id=section.id)
        if source == "org":
            org = db.session().get(Org, view.org_id)
            return queries.of_org(org.path, now, 1).stories[:limit] if org else []
        return queries.with_tag(str(config.get("tag") or ""), now, 1).stories[:limit]
    except NotFound:
        return []


def _render(view: ComponentView, now: datetime) -> Markup:
    found = _found(view, now)
    return Markup(render_template("campaigns/kinds/news.html", stories=found)) if found else Markup("")


def _lacks(view: ComponentView) -> Iterable[Text]:
    config = view.config
    needed = {"chosen": "chosen", "tag": "tag", "section": "section"}.get(str(config.get("source") or "tag"))
    if needed and not config.get(needed):
        yield _("“%(title)s”还没有选稿件。", title=view.title)


TYPE = ComponentType(
    "campaigns.news", _l("相关报道"), _l("按标签、栏目或组织自动列出最新报道，也可以自己挑。"), _render, icon="list", form=lambda: NewsForm,
    lacks=_lacks,
)  # fmt: skip
