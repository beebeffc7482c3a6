"""What the newspaper reader was unsure of, as sentences for the editor, and keeping it beside the draft until it is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.base.errors import NotAllowed
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import Article, ImportFlag
from unionhall.news.newspaper import Flag
from unionhall.platform import audit

LONGEST_PARAM = 200


def sentence(kind: str, excerpt: str, params: Mapping[str, Any], paragraph: int | None = None) -> str:
    """Return what the editor should look at, with the place quoted."""
    return _where(paragraph) + _words(kind, excerpt, params)


def _where(paragraph: int | None) -> str:
    return "" if paragraph is None else _("第 %(n)s 段：", n=paragraph + 1)


def _words(kind: str, excerpt: str, params: Mapping[str, Any]) -> str:
    words = {
        "kicker-guess": _("“%(text)s”是按版式猜作引题的，请对照原版。", text=excerpt),
        "byline-guess": _("“%(text)s”是按位置猜作署名的，请核对。", text=excerpt),
        "byline-unread": _("署名没有读懂，留在正文里：“%(text)s”。", text=excerpt),
        "no-byline": _("没有找到署名，发布前要补上。"),
        "no-body": _("只有标题，没有读到正文。"),
        "caption-guess": _("“%(text)s”单独成段，当作图片说明了，请核对。", text=excerpt),
        "joined": _("扫描时断开的两行接成了一段，接缝在“%(text)s”附近。", text=excerpt),
        "cut-off": _("这一段没有写完：“%(text)s”。请对照原版补全。", text=excerpt),
        "doubled": _("“%(text)s”像是重复了，请核对。", text=excerpt),
        "junk": _("去掉了不像正文的文字：“%(text)s”。", text=excerpt),
        "repeated": _("前面已有这段话（%(n)s 字，正文里标了底色），请决定留哪处：“%(text)s”", n=params.get("characters", 0), text=excerpt),
        "repeated-story": _("同一篇在版面上出现了两次，只导入第一次。"),
        "before-headline": _("标题之前的文字不属于任何一篇：“%(text)s”。", text=excerpt),
        "headline-break": _headline(excerpt, params),
    }
    return words.get(kind, excerpt)


def _headline(excerpt: str, params: Mapping[str, Any]) -> str:
    if params.get("suggestion") == "kicker":
        kicker, headline = params.get("kicker", ""), params.get("headline", "")
        return _("标题里有空格，可能是引题“%(kicker)s”和标题“%(headline)s”。", kicker=kicker, headline=headline)
    if params.get("suggestion") == "close":
        return _("标题里有空格，可能只是换行：“%(headline)s”。", headline=params.get("headline", ""))
    return _("标题里有空格，原版可能分成两行：“%(text)s”。", text=excerpt)


def keep(article: Article, flags: Iterable[Flag]) -> None:
    """Keep flags beside a draft."""
    db.session().add_all(
        ImportFlag(article_id=article.id, kind=flag.kind, paragraph=flag.paragraph, excerpt=flag.excerpt[:200], params=_short(flag.params))
        for flag in flags
    )
    db.session().flush()


def of(article: Article) -> list[str]:
    """Return the sentences that wait beside an article."""
    rows = db.session().scalars(select(ImportFlag).where(ImportFlag.article_id == article.id).order_by(ImportFlag.id))
    return [sentence(row.kind, row.excerpt, row.params, row.paragraph) for row in rows]


def dismiss(article: Article, *, actor: Actor, now: datetime) -> int:
    """Forget an article's flags: an editor has looked at them. Returns how many there were. Raises NotAllowed."""
    if not rights.may_edit(actor, article):
        raise NotAllowed(_("这篇稿现在不能修改。审过的稿要先退回，再改，再送审。"))
    count = db.update_count(delete(ImportFlag).where(ImportFlag.article_id == article.id))
    if count:
        audit.record("news.flags_dismissed", f"article:{article.id}", actor=actor, now=now, org_id=article.org_id, count=count)
    return count


def _short(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value[:LONGEST_PARAM] if isinstance(value, str) else value for name, value in params.items()}
