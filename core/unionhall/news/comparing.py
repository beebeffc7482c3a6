"""Two versions side by side, part by part: for the history, for the reviewer and for two people who saved at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.base import richtext
from unionhall.news import labels
from unionhall.news.content import Content
from unionhall.news.redline import redline_html, redline_text


@dataclass(frozen=True)
class Difference:
    """One part that differs: its name and label, both versions in words, and one with the changes marked."""

    name: str
    label: str
    before: str
    after: str
    marked: Markup
    changes: int = 1
    added: int = 0
    removed: int = 0


def differences(before: Content, after: Content) -> list[Difference]:
    """Return the parts in which two versions differ, as the page shows them from top to bottom."""
    found = []
    for name, label in _parts().items():
        old, new = _words(name, before), _words(name, after)
        if old != new:
            found.append(Difference(name, label, old, new, redline_text(old, new)))
    if before.body != after.body:
        marked = redline_html(before.body, after.body)
        old, new = richtext.plain_text(before.body), richtext.plain_text(after.body)
        counts = (marked.changes, marked.added, marked.removed)
        found.append(Difference("body", _("正文"), old, new, marked.markup, *counts))
    return found


def _parts() -> dict[str, str]:
    return {
        "kicker": _("引题"), "headline": _("标题"), "subhead": _("副题"), "slug_line": _("电头"), "bylines": _("署名"),
        "cover": _("题图"), "summary": _("摘要"), "tags": _("标签"), "related": _("相关稿件"),
        "seo_title": _("搜索标题"), "seo_description": _("搜索描述"),
    }


def _words(name: str, content: Content) -> str:
    if name == "bylines":
        return "；".join(f"{labels.role_word(line.role)} {'、'.join(line.names)}" for line in content.bylines)
    if name == "cover":
        number = _("图片 %(id)s", id=content.cover_id) if content.cover_id else ""
        return " / ".join(part for part in (number, content.cover_alt, content.cover_caption, content.cover_credit) if part)
    if name == "tags":
        return "、".join(content.tags)
    if name == "related":
        return "、".join(str(item) for item in content.related)
    return str(getattr(content, name))
