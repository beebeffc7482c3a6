"""Review: the queue, the article with its changes marked, passing it on or giving it back."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.forms import DeskForm, choices
from unionhall.news import desk_queries, flow, labels, reading, review, reviewing, rights
from unionhall.news.desk_blueprint import bp
from unionhall.news.models import Article, State
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs
from unionhall.settings.queries import site_settings

LONGEST_NOTE = 2000
NEXT_SHOWN = 5


class ReviewForm(DeskForm):
    """A reviewer's opinion: what was checked, what they say, and the text they read."""

    revision = HiddenField()
    checks = SelectMultipleField(_l("核对"), choices=choices(labels.CHECKS.items()))
    note = TextAreaField(_l("写给作者"), [Length(max=LONGEST_NOTE, message=_l("最多 %(max)d 个字。"))])


@bp.get("/review/")
@needs(rights.REVIEW)
def review_queue() -> ResponseReturnValue:
    """List what waits for this person's review, oldest first."""
    actor, now = current_actor(), clock.now()
    rows = desk_queries.review_queue(actor, below=scope.current(actor))
    return render_template(
        "news/desk_review_queue.html", rows=[(row, flow.due_chip(row, now), byline(row)) for row in rows],
        overdue=flow.overdue(rows, now), hours=site_settings().review_hours, now=now,
        step_due=review.step_due, lasted=labels.lasted,
    )


@bp.get("/<int:article_id>/review")
@needs(rights.REVIEW)
def review_article(article_id: int) -> ResponseReturnValue:
    """Show an article with what changed since somebody last decided on it."""
    article = desk_queries.get(article_id, current_actor())
    form = ReviewForm(formdata=None)
    form.revision.data = str(article.head_id)
    return _page(form, article)


@bp.post("/<int:article_id>/review")
@needs(rights.REVIEW)
def decide(article_id: int) -> ResponseReturnValue:
    """Pass the step that is due, or give the article back with a reason."""
    actor, now, form = current_actor(), clock.now(), ReviewForm()
    article = desk_queries.get(article_id, actor)
    decision = request.form.get("decision", "")
    if decision not in {"pass", "return"}:
        abort(400)
    if not form.accepted():
        return _page(form, article, 422)
    revision_id, note = _number(form.revision.data), (form.note.data or "").strip()
    try:
        if decision == "pass":
            review.pass_step(article, revision_id=revision_id, note=note, checks=form.checks.data, actor=actor, now=now)
        else:
            review.give_back(article, reason=note, revision_id=revision_id, actor=actor, now=now)
    except (RuleBroken, Conflict) as error:
        form.refuse(error)
        db.session().rollback()
        return _page(form, desk_queries.get(article_id, actor), error.status)
    return _go_on(article)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _page(form: ReviewForm, article: Article, status: int = 200) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    base, seen = reviewing.compared_with(article)
    view = request.args.get("view") or ("diff" if seen else "new")
    if view not in reviewing.VIEWS:
        abort(400)
    waits = article.state == State.SUBMITTED
    queue = [row for row in desk_queries.review_queue(actor, below=scope.current(actor)) if row.id != article.id]
    page = render_template(
        "news/desk_review.html", article=article, head=article.head, form=form, view=view if base else "new",
        compared=reviewing.compare(base, article.head) if base else None, text=reading.text(article.head, marks=True),
        remarks=reviewing.remarks(article), chip=_chip(article), byline=byline(article), now=now, waits=waits,
        refusal=review.refusal(article, actor) if waits else "", may_return=rights.may(actor, "return", article),
        may_edit=rights.may_edit(actor, article), stages=flow.stages(article, now), pass_word=_pass_word(article),
        queue=[(row, flow.due_chip(row, now)) for row in queue[:NEXT_SHOWN]], waiting=len(queue), roles=labels.ROLES, checks=labels.CHECKS,
        stale=waits and form.revision.data != str(article.head_id), step_due=review.step_due, lasted=labels.lasted,
        actions=rights.open_actions(actor, article), newest=article.head_id,
    )
    return page, status


def _chip(article: Article) -> labels.Chip:
    now = clock.now()
    return flow.due_chip(article, now) if article.state == State.SUBMITTED else labels.chip(article, now)


def _pass_word(article: Article) -> str:
    """Return what the button says: where the article goes when this step is passed."""
    steps = article.section.steps
    if article.step + 1 < len(steps):
        return _("通过，转%(step)s", step=steps[article.step + 1].label)
    return _("通过，待发布")


def _go_on(article: Article) -> ResponseReturnValue:
    """After a decision: to publishing when that is next and theirs to do, else back to what waits."""
    title = article.head.headline
    if article.state == State.RETURNED:
        flash(_("“%(title)s”已退回，作者会看到你写的理由。", title=title), "ok")
    elif article.state == State.SUBMITTED:
        flash(_("“%(title)s”已通过，转%(step)s。", title=title, step=review.step_due(article)), "ok")
    else:
        flash(_("“%(title)s”已审定。", title=title), "ok")
        if access.can(current_actor(), rights.PUBLISH, article.org):
            return go(url_for("news_desk.publishing_page", article_id=article.id))
    return go(url_for("news_desk.review_queue"))


def byline(article: Article) -> str:
    """Return the first name under an article, with how many more there are."""
    return labels.byline([(item.role, item.name) for item in article.head.bylines])
