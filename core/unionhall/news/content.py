"""An article's content as one value: what a form brings, what a revision holds, what an import makes."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from flask_babel import gettext as _

from unionhall.base import richtext
from unionhall.base.errors import RuleBroken
from unionhall.base.text import tidy
from unionhall.news.models import Byline, Related, Revision, Tag

NAMES = re.compile(r"[、，,;；/\n]+")
LIMITS = {"kicker": 80, "headline": 120, "subhead": 120, "slug_line": 20, "summary": 300, "seo_title": 120,
          "seo_description": 300, "cover_alt": 200, "cover_caption": 300, "cover_credit": 60}
MOST_TAGS, MOST_RELATED, MOST_NAMES = 8, 6, 30


@dataclass(frozen=True)
class BylineLine:
    """Everybody who stands behind one role, in order, with the optional links to an account and an org."""

    role: str
    names: tuple[str, ...]
    org_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True)
class Content:
    """Everything that a revision holds."""

    headline: str
    kicker: str = ""
    subhead: str = ""
    slug_line: str = ""
    summary: str = ""
    body: str = ""
    seo_title: str = ""
    seo_description: str = ""
    cover_id: int | None = None
    cover_alt: str = ""
    cover_caption: str = ""
    cover_credit: str = ""
    bylines: tuple[BylineLine, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[int, ...] = ()


PLAIN = tuple(item.name for item in fields(Content) if item.name not in {"bylines", "tags", "related"})


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of "沈一禾、罗工宣", tidied, without repeats."""
    return tuple(dict.fromkeys(name for part in NAMES.split(text) if (name := tidy(part))))


def tidied(content: Content) -> Content:
    """Return the content as it may be stored: titles tidied, body sanitised. Raises RuleBroken naming the field."""
    clean: dict[str, Any] = {name: tidy(getattr(content, name)) for name in LIMITS}
    if not clean["headline"]:
        raise RuleBroken(_("还没有标题。写一句话，哪怕先占个位。"), field="headline")
    for name, limit in LIMITS.items():
        if len(clean[name]) > limit:
            raise RuleBroken(_("最多 %(n)s 个字，现在是 %(m)s 个。", n=limit, m=len(clean[name])), field=name)
    try:
        body = richtext.clean(richtext.from_plain(content.body))
    except richtext.TooLong as error:
        raise RuleBroken(_("正文太长，存不下。请拆成几篇，或去掉表格里多余的内容。"), field="body") from error
    lines = tuple(line for line in map(_tidied_line, content.bylines) if line.names)
    if sum(len(line.names) for line in lines) > MOST_NAMES:
        raise RuleBroken(_("署名最多 %(n)s 个。人多时可以用集体署名。", n=MOST_NAMES), field="bylines")
    tags = tuple(dict.fromkeys(name[:30] for tag in content.tags if (name := tidy(tag))))[:MOST_TAGS]
    related = tuple(dict.fromkeys(content.related))[:MOST_RELATED]
    return replace(content, **clean, body=body, bylines=lines, tags=tags, related=related)


def _tidied_line(line: BylineLine) -> BylineLine:
    names = tuple(name[:60] for raw in line.names if (name := tidy(raw)))
    return replace(line, names=names, account_id=line.account_id if len(names) == 1 else None)


def of(revision: Revision) -> Content:
    """Return the content that a revision holds."""
    lines: dict[int, BylineLine] = {}
    for credit in revision.bylines:
        known = lines.get(credit.line)
        names = (*known.names, credit.name) if known else (credit.name,)
        lines[credit.line] = BylineLine(credit.role, names, credit.org_id, credit.account_id if len(names) == 1 else None)
    plain = {name: getattr(revision, name) for name in PLAIN}
    return Content(
        **plain, bylines=tuple(lines.values()), tags=tuple(tag.name for tag in revision.tags),
        related=tuple(item.article_id for item in revision.related),
    )


def describe(before: Content, after: Content) -> str:
    """Return what a save changed, "改了标题、正文", as the note of its revision."""
    parts = {
        "headline": _("标题"), "kicker": _("引题"), "subhead": _("副题"), "slug_line": _("电头"), "summary": _("摘要"),
        "body": _("正文"), "bylines": _("署名"), "tags": _("标签"), "related": _("相关稿件"), "cover_id": _("题图"),
    }
    changed = [label for name, label in parts.items() if getattr(before, name) != getattr(after, name)]
    return _("改了%(what)s", what="、".join(changed)) if changed else ""


def write(revision: Revision, content: Content) -> None:
    """Put tidied content into a new revision."""
    for name in PLAIN:
        setattr(revision, name, getattr(content, name))
    revision.stamp, revision.characters = richtext.stamp(content.body), richtext.count_chars(content.body)
    credits = [(place, line, name) for place, line in enumerate(content.bylines) for name in line.names]
    revision.bylines = [
        Byline(position=at, line=place, role=line.role, name=name, account_id=line.account_id, org_id=line.org_id)
        for at, (place, line, name) in enumerate(credits)
    ]
    revision.tags = [Tag(position=at, name=name) for at, name in enumerate(content.tags)]
    revision.related = [Related(position=at, article_id=other) for at, other in enumerate(content.related)]
