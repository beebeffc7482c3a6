"""Text with pictures, tables and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.base import richtext
from unionhall.campaigns.kinds.fields import RichTextField
from unionhall.desk.forms import DeskForm
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.hooks.types import Text
from unionhall.news import reading


@dataclass(frozen=True)
class Body:
    """A text as `news.reading` takes it."""

    body: str
    stamp: str = ""
    characters: int = 0
    slug_line: str = ""


class TextForm(DeskForm):
    """What is written."""

    body = RichTextField(_l("正文"))


def shown(html: str) -> Markup:
    """Return a text for its page: cleaned once more, its pictures in the sizes there are."""
    return reading.text(Body(html)).html


def _render(view: ComponentView, _now: datetime) -> Markup:
    body = str(view.config.get("body", ""))
    return Markup('<div class="prose">{}</div>').format(shown(body)) if richtext.plain_text(body) or "<img" in body else Markup("")


def _lacks(view: ComponentView) -> Iterable[Text]:
    body = str(view.config.get("body", ""))
    if not richtext.plain_text(body).strip() and "<img" not in body:
        yield _("“%(title)s”还没有写正文。", title=view.title)


TYPE = ComponentType(
    "campaigns.text", _l("图文"), _l("一段文字，可以带图片、表格和附件。"), _render, icon="doc", form=lambda: TextForm, lacks=_lacks
)
