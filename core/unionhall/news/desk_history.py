"""Revisions: the list with the article's way, a readable comparison, going back to an earlier one, preview links."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import queries as accounts
from unionhall.base import clock
from unionhall.base.errors import Conflict, NotFound
from unionhall.base.web import go
from unionhall.host.assets import absolute
from unionhall.news import comparing, desk_queries, editing, labels, previews, rights
from unionhall.news import content as contents
from unionhall.news.desk_blueprint import bp
from unionhall.news.models import Article, Transition
from unionhall.platform.access import current_actor, needs
from unionhall.settings.queries import site_settings


@bp.get("/<int:article_id>/history")
@needs("desk.enter")
def history(article_id: int) -> ResponseReturnValue:
    """List the revisions, and the steps the article took with who and how long."""
    article = desk_queries.get(article_id, current_actor())
    revisions, steps = desk_queries.revisions(article), desk_queries.transitions(article)
    people = {item.account_id for item in revisions} | {item.account_id for item in steps} | {article.author_id}
    return render_template(
        "news/desk_history.html", article=article, revisions=revisions, steps=_timed(article, steps),
        names=accounts.names({item for item in people if item}), chip=labels.chip(article, clock.now()),
    )


@bp.get("/<int:article_id>/history/<int:old>..<int:new>")
@needs("desk.enter")
def diff(article_id: int, old: int, new: int) -> ResponseReturnValue:
    """Show what changed between two revisions, earlier first."""
    actor = current_actor()
    article = desk_queries.get(article_id, actor)
    if old > new:
        return redirect(url_for("news_desk.diff", article_id=article_id, old=new, new=old))
    before, after = desk_queries.revision(article, old), desk_queries.revision(article, new)
    found = comparing.differences(contents.of(before), contents.of(after))
    return render_template(
        "news/desk_diff.html", article=article, old=before, new=after, differences=found,
        total=next((item for item in found if item.name == "body"), None),
        names=accounts.names({after.account_id} if after.account_id else set()),
        may_restore=rights.may_edit(actor, article) and before.id != article.head_id,
    )


@bp.post("/<int:article_id>/restore")
@needs("desk.enter")
def restore(article_id: int) -> ResponseReturnValue:
    """Save an earlier revision as the newest."""
    actor = current_actor()
    article = desk_queries.get(article_id, actor)
    number, base = request.form.get("number", ""), request.form.get("base", "")
    if not (number.isdecimal() and len(number) < 10 and base.isdecimal() and len(base) < 10):
        raise NotFound()
    try:
        editing.restore(article, desk_queries.revision(article, int(number)), base_id=int(base), actor=actor, now=clock.now())
    except editing.SavedMeanwhile:
        raise Conflict(_("打开这一页之后，有人又保存了一版。请看过最新的一版，再决定要不要恢复。")) from None
    flash(_("已恢复第 %(n)s 版的内容，存为最新一版。", n=number), "ok")
    return go(url_for("news_desk.edit", article_id=article_id))


@bp.post("/<int:article_id>/preview-link")
@needs("desk.enter")
def preview_link(article_id: int) -> ResponseReturnValue:
    """Make a link that shows the newest revision to somebody without a login."""
    article = desk_queries.get(article_id, current_actor())
    if article.state == "archived":
        raise Conflict(_("归档的稿件没有预览链接。"))
    link = absolute(url_for("news.preview", token=previews.token(article)))
    return render_template("news/desk_preview.html", article=article, link=link, days=site_settings().preview_days)


def _timed(article: Article, steps: list[Transition]) -> list[tuple[Transition, str, str]]:
    """Return (step, its word, how long the article stood before it)."""
    found, since = [], article.created_at
    for step in steps:
        found.append((step, labels.step_word(step), _span(since, step.at)))
        since = step.at
    return found


def _span(start: datetime, end: datetime) -> str:
    return labels.lasted(end - start)
