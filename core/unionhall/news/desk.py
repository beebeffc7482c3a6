"""The list of articles: tabs, filters, and actions on several at once, each article judged on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.base.web import fail, go, safe_next
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.hooks.types import Actor
from unionhall.news import asked, desk_queries, editing, labels, publishing, queries, review, rights
from unionhall.news.desk_blueprint import bp
from unionhall.news.desk_queries import Filter
from unionhall.news.models import Article, Section
from unionhall.orgs import queries as orgs
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

MOST_AT_ONCE = 100
CONFIRMED = ("withdraw", "archive")


@bp.get("/")
@needs("desk.enter")
def articles() -> ResponseReturnValue:
    """List the articles that the actor may open, by state, narrowed by what was asked."""
    actor, now = current_actor(), clock.now()
    wanted = asked.wanted(request.args, below=scope.current(actor), page=page_number())
    rows, total = desk_queries.listed(actor, wanted)
    return render_template(
        "news/desk_list.html", rows=[(row, labels.chip(row, now), _byline(row)) for row in rows], wanted=wanted,
        tabs=labels.TABS, counts=desk_queries.counts(actor, wanted), total=total, sections=queries.sections(),
        page=Pager(wanted.page, total, desk_queries.PAGE), authors=desk_queries.authors(actor, wanted.below),
        scope_org=orgs.by_path(wanted.below or ""), may_write=access.can(actor, rights.WRITE),
        may_publish=access.can(actor, rights.PUBLISH), filtered=_is_filtered(wanted), may_export=access.can(actor, rights.READ),
    )


@bp.post("/bulk")
@needs("desk.enter")
def bulk() -> ResponseReturnValue:
    """Do one thing with several articles, and say for each that was left alone why. One foreign id: nothing happens."""
    actor, back = current_actor(), safe_next(request.form.get("next"), url_for("news_desk.articles"))
    act = _act(actor)
    ids = _ids()
    if not ids:
        flash(_("还没有勾选稿件。"), "warn")
        return go(back)
    found = desk_queries.several(ids, actor)
    name, note = request.form.get("action", ""), request.form.get("reason", "")
    asked = "confirmed" in request.form
    if name in CONFIRMED and not (asked and (note.strip() or name != "withdraw")):
        if asked:
            fail()
        page = render_template("news/desk_bulk.html", articles=found, action=name, next=back, missing=asked)
        return page, 422 if asked else 200
    _report(name, *_each(found, act))
    return go(back)


@bp.post("/<int:article_id>/copy")
@needs(rights.WRITE)
def copy(article_id: int) -> ResponseReturnValue:
    """Start a draft with the same content, in the org that one works in."""
    actor, now = current_actor(), clock.now()
    article = desk_queries.get(article_id, actor)
    org = article.org
    if not access.can(actor, rights.WRITE, org) or not org.active:
        here = [place for place in orgs.manageable(actor, rights.WRITE) if place.path == scope.current(actor)]
        org = here[0] if here else orgs.manageable(actor, rights.WRITE)[0]
    new = editing.copy(article, org, actor=actor, now=now)
    flash(_("已另存为新稿 %(number)s，原稿没有变。", number=new.number), "ok")
    return go(url_for("news_desk.edit", article_id=new.id))


def _is_filtered(wanted: Filter) -> bool:
    days = (wanted.since, wanted.until, wanted.published_since, wanted.published_until)
    return bool(wanted.search or wanted.section_id or wanted.author_id or any(days))


def _byline(article: Article) -> str:
    return labels.byline([(item.role, item.name) for item in article.head.bylines])


def _ids() -> list[int]:
    texts = list(dict.fromkeys(request.form.getlist("ids")))
    if len(texts) > MOST_AT_ONCE or not all(text.isdecimal() and len(text) < 10 for text in texts):
        abort(400)
    return [int(text) for text in texts]


def _act(actor: Actor) -> Callable[[Article], None]:
    """Return the function that does to one article what the button says."""
    now, note = clock.now(), request.form.get("reason", "")
    acts: dict[str, Callable[[Article], Any]] = {
        "submit": lambda article: review.submit(article, actor=actor, now=now),
        "move": lambda article: editing.refile(article, _section(), actor=actor, now=now),
        "withdraw": lambda article: publishing.withdraw(article, reason=note, actor=actor, now=now),
        "archive": lambda article: publishing.archive(article, actor=actor, now=now),
    }
    found = acts.get(request.form.get("action", ""))
    if found is None:
        abort(400)
    return found


def _section() -> Section:
    text = request.form.get("section", "")
    found = db.session().get(Section, int(text)) if text.isdecimal() and len(text) < 10 else None
    if found is None:
        abort(400)
    return found


def _each(found: list[Article], act: Callable[[Article], None]) -> tuple[int, list[tuple[str, str]]]:
    """Do it to each by itself; returns how many moved, and (headline, reason) of those that did not."""
    done, left = 0, []
    for article in found:
        headline = article.head.headline
        try:
            with db.session().begin_nested():
                act(article)
            done += 1
        except UnionHallError as error:
            left.append((headline, str(error)))
    return done, left


def _report(name: str, done: int, left: list[tuple[str, str]]) -> None:
    words = {
        "submit": ngettext("%(num)d 篇已送审。", "%(num)d 篇已送审。", done),
        "move": ngettext("%(num)d 篇已换栏目。", "%(num)d 篇已换栏目。", done),
        "withdraw": ngettext("%(num)d 篇已撤下。", "%(num)d 篇已撤下。", done),
        "archive": ngettext("%(num)d 篇已归档。", "%(num)d 篇已归档。", done),
    }
    if done:
        flash(words[name], "ok")
    if left:
        why = "；".join(_("“%(title)s”：%(why)s", title=title, why=reason) for title, reason in left)
        flash(ngettext("%(num)d 篇没有动。%(why)s", "%(num)d 篇没有动。%(why)s", len(left), why=why), "warn")
