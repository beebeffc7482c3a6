"""Telling a correspondent what became of a contribution, by mail, once for each decision."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.types import Event
from unionhall.host.assets import absolute
from unionhall.news.desk_queries import last_return
from unionhall.news.models import Article
from unionhall.platform import access, mail


def tell_author(event: Event) -> None:
    """Mail the author that the article came back (with the reason) or appeared; nothing without a mail address."""
    if event.name not in {"news.returned", "news.published"}:
        return
    with db.unit_of_work() as session:
        article = session.scalar(access.unscoped(select(Article).where(Article.id == event.object_id), why="notice"))
        if article is None or article.author_id is None:
            return
        author = session.scalar(access.unscoped(select(Account).where(Account.id == article.author_id), why="notice"))
        if author is None or not author.email or not author.enabled:
            return
        subject, body = _returned(article) if event.name == "news.returned" else _published(article)
        key = f"{event.name}:{article.id}:{article.round}"
        mail.send(author.email, subject, _("%(name)s：\n\n%(body)s", name=author.name, body=body), now=clock.now(), key=key)


def _returned(article: Article) -> tuple[str, str]:
    reason = last_return(article)
    link = absolute(f"/desk/news/{article.id}/edit")
    body = _(
        "“%(headline)s”退回修改了，理由是：\n\n%(reason)s\n\n改好后可以再送审：%(link)s",
        headline=article.head.headline, reason=reason.note if reason else "", link=link,
    )
    return _("退回修改：%(headline)s", headline=article.head.headline), body


def _published(article: Article) -> tuple[str, str]:
    body = _("“%(headline)s”已经发布：%(link)s", headline=article.head.headline, link=absolute(article.url))
    return _("已发布：%(headline)s", headline=article.head.headline), body
