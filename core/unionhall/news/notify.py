"""Telling a correspondent what became of a contribution, once for each decision."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.types import Event
from unionhall.news.desk_queries import last_return
from unionhall.news.models import Article
from unionhall.notices.services import notify
from unionhall.platform import access

KINDS = [
    NoticeKind(
        "news.returned", _l("稿件退回修改"),
        {
            "zh_CN": ("退回修改：{headline}", "“{headline}”退回修改了，理由是：\n\n{reason}\n\n改好后可以再送审。"),
            "en": ("Returned for changes: {headline}", "“{headline}” was returned for changes. The reason:\n\n{reason}\n\n"
                   "Once it is changed, you can submit it again."),
        },
        {"headline": "驿站里的一杯热茶", "reason": "第二段的人名请核对。"},
    ),
    NoticeKind(
        "news.published", _l("稿件已发布"),
        {"zh_CN": ("已发布：{headline}", "“{headline}”已经发布。"), "en": ("Published: {headline}", "“{headline}” has been published.")},
        {"headline": "驿站里的一杯热茶"},
    ),
]  # fmt: skip


def tell_author(event: Event) -> None:
    """Tell the author that the article came back (with the reason) or appeared."""
    if event.name not in {"news.returned", "news.published"}:
        return
    with db.unit_of_work() as session:
        article = session.scalar(access.unscoped(select(Article).where(Article.id == event.object_id), why="notice"))
        if article is None or article.author_id is None:
            return
        values, url = {"headline": article.head.headline}, article.url
        if event.name == "news.returned":
            reason = last_return(article)
            values["reason"], url = reason.note if reason else "", f"/desk/news/{article.id}/edit"
        key = f"{article.id}:{article.round}"
        notify(event.name, [article.author_id], values, key=key, now=clock.now(), url=url, org_id=article.org_id)
