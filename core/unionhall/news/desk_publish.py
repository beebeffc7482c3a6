"""Publishing: everything that may be done with an article now, each step a form of its own; what is due, by day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.web import go
from unionhall.desk.forms import DeskForm
from unionhall.news import comparing, desk_queries, flow, labels, publishing, review, rights
from unionhall.news import content as contents
from unionhall.news.desk_blueprint import bp
from unionhall.news.models import Article, State
from unionhall.news.publish_forms import FeatureForm, NoteForm, PublishForm, ScheduleForm
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

CONFIRMED = ("withdraw", "archive")


@bp.context_processor
def panel() -> dict[str, Any]:
    """Give the editor's and the reviewer's pages what the publishing panel shows."""
    return {"publishing_panel": _panel}


@bp.get("/<int:article_id>/publish")
@needs("desk.enter")
def publishing_page(article_id: int) -> ResponseReturnValue:
    """Show what may be done with an article, its way so far, and what must be mended before readers may see it."""
    return _page(desk_queries.get(article_id, current_actor()))


@bp.post("/<int:article_id>/submit")
@needs(rights.WRITE)
def submit(article_id: int) -> ResponseReturnValue:
    """Send an article into review."""
    return _take(article_id, DeskForm(), _plain(review.submit), _("已送审。"))


@bp.post("/<int:article_id>/recall")
@needs(rights.WRITE)
def recall(article_id: int) -> ResponseReturnValue:
    """Take a submission back."""
    return _take(article_id, DeskForm(), _plain(review.recall), _("已撤回，现在是草稿。"))


@bp.post("/<int:article_id>/return")
@needs(rights.REVIEW)
def give_back(article_id: int) -> ResponseReturnValue:
    """Give an article back to its author, with a reason."""

    def act(article: Article, form: NoteForm) -> None:
        review.give_back(article, reason=form.note.data or "", revision_id=form.revision_id, actor=current_actor(), now=clock.now())

    return _take(article_id, NoteForm.of("return"), act, _("已退回，作者会看到你写的理由。"), name="return")


@bp.post("/<int:article_id>/schedule")
@needs(rights.PUBLISH)
def schedule(article_id: int) -> ResponseReturnValue:
    """Publish at a minute."""

    def act(article: Article, form: ScheduleForm) -> None:
        publishing.schedule(
            article, publish_at=form.publish_at.data or clock.now(), expires_at=form.expires_at.data, actor=current_actor(), now=clock.now()
        )

    form = ScheduleForm()
    when = f"{clock.local(form.publish_at.data):%m-%d %H:%M}" if form.publish_at.data else ""
    return _take(article_id, form, act, _("已定在 %(when)s 发布。", when=when), name="schedule")


@bp.post("/<int:article_id>/unschedule")
@needs(rights.PUBLISH)
def unschedule(article_id: int) -> ResponseReturnValue:
    """Take a scheduled article back to approved."""
    return _take(article_id, DeskForm(), _plain(publishing.unschedule), _("已取消定时。"))


@bp.post("/<int:article_id>/publish")
@needs(rights.PUBLISH)
def publish(article_id: int) -> ResponseReturnValue:
    """Show the newest revision to readers now."""

    def act(article: Article, form: PublishForm) -> None:
        publishing.publish(article, expires_at=form.expires_at.data, actor=current_actor(), now=clock.now())

    return _take(article_id, PublishForm(), act, _("已发布。"), name="schedule")


@bp.post("/<int:article_id>/correct")
@needs(rights.PUBLISH)
def correct(article_id: int) -> ResponseReturnValue:
    """Show the newest revision to readers with a note that says what was wrong."""

    def act(article: Article, form: NoteForm) -> None:
        publishing.correct(article, note=form.note.data or "", revision_id=form.revision_id, actor=current_actor(), now=clock.now())

    return _take(article_id, NoteForm.of("correct"), act, _("更正已发布，读者会在文末看到说明。"), name="correct")


@bp.post("/<int:article_id>/reinstate")
@needs(rights.PUBLISH)
def reinstate(article_id: int) -> ResponseReturnValue:
    """Give a withdrawn article back to readers."""

    def act(article: Article, form: NoteForm) -> None:
        publishing.reinstate(article, reason=form.note.data or "", actor=current_actor(), now=clock.now())

    return _take(article_id, NoteForm.of("reinstate"), act, _("已恢复发布。"), name="reinstate")


@bp.get("/<int:article_id>/withdraw")
@needs(rights.PUBLISH)
def withdraw_page(article_id: int) -> ResponseReturnValue:
    """Ask before an article is taken away from readers, and for the reason that they will see."""
    return _confirm(desk_queries.get(article_id, current_actor()), "withdraw", NoteForm.of("withdraw", formdata=None))


@bp.post("/<int:article_id>/withdraw")
@needs(rights.PUBLISH)
def withdraw(article_id: int) -> ResponseReturnValue:
    """Take an article away from readers; its address says since when and why."""

    def act(article: Article, form: NoteForm) -> None:
        publishing.withdraw(article, reason=form.note.data or "", actor=current_actor(), now=clock.now())

    return _take(article_id, NoteForm.of("withdraw"), act, _("已撤下。原网址会说明撤下的时间和原因。"), name="withdraw")


@bp.get("/<int:article_id>/archive")
@needs(rights.PUBLISH)
def archive_page(article_id: int) -> ResponseReturnValue:
    """Ask before an article is put away."""
    return _confirm(desk_queries.get(article_id, current_actor()), "archive", DeskForm(formdata=None))


@bp.post("/<int:article_id>/archive")
@needs(rights.PUBLISH)
def archive(article_id: int) -> ResponseReturnValue:
    """Put an article away."""
    return _take(article_id, DeskForm(), _plain(publishing.archive), _("已归档。"), name="archive")


@bp.post("/<int:article_id>/feature")
@needs(rights.PUBLISH)
def feature(article_id: int) -> ResponseReturnValue:
    """Make an article the home page's lead, or keep it on top of its section until a moment."""

    def act(article: Article, form: FeatureForm) -> None:
        lead = form.lead.data if _may_lead() else article.lead_at is not None
        publishing.feature(article, lead=lead, pinned_until=form.pinned_until.data, actor=current_actor(), now=clock.now())

    return _take(article_id, FeatureForm(), act, _("首页和置顶的安排已保存。"), name="feature")


def _plain(service: Callable[..., None]) -> Callable[[Article, Any], None]:
    """Return a step that needs nothing but the article."""
    return lambda article, form: service(article, actor=current_actor(), now=clock.now())


def _take(article_id: int, form: Any, act: Callable[[Article, Any], None], done: str, *, name: str = "") -> ResponseReturnValue:
    """Take one step with an article; what cannot be done comes back with everything that was typed."""
    actor = current_actor()
    article = desk_queries.get(article_id, actor)
    status = 422
    if form.accepted():
        try:
            act(article, form)
        except (RuleBroken, Conflict) as error:
            form.refuse(error)
            db.session().rollback()
            article, status = desk_queries.get(article_id, actor), error.status
        else:
            flash(done, "ok")
            return go(url_for("news_desk.publishing_page", article_id=article_id))
    if name in CONFIRMED and status == 422:
        return _confirm(article, name, form, status)
    return _page(article, form, name, status)


def _confirm(article: Article, name: str, form: DeskForm, status: int = 200) -> ResponseReturnValue:
    rights.require(current_actor(), name, article)
    return render_template("news/desk_publish_confirm.html", article=article, action=name, form=form), status


def _page(article: Article, form: Any = None, name: str = "", status: int = 200) -> ResponseReturnValue:
    """Return the page; `form` is the one that could not be carried out, `name` the action it belongs to."""
    forms = _forms(article)
    if form is not None:
        forms[name] = form
    page = render_template(
        "news/desk_publish.html", article=article, head=article.head, forms=forms, failed=form, failed_name=name,
        changes=_unpublished(article), may_lead=_may_lead(), steps=article.section.steps, **_panel(article),
    )
    return page, status


def _forms(article: Article) -> dict[str, Any]:
    now = clock.now()
    schedule_form, feature_form = ScheduleForm(formdata=None), FeatureForm(formdata=None)
    schedule_form.fill(article)
    feature_form.lead.data = article.lead_at is not None
    feature_form.pinned_until.data = article.pinned_until if article.pinned_until and article.pinned_until > now else None
    notes = {name: NoteForm.of(name, formdata=None) for name in ("return", "correct", "reinstate")}
    return {"schedule": schedule_form, "feature": feature_form, **notes}


def _panel(article: Article) -> dict[str, Any]:
    """Return what the publishing panel shows beside an article."""
    actor, now = current_actor(), clock.now()
    open_actions = {action.name: action for action in rights.open_actions(actor, article)}
    writing = article.state in {State.DRAFT, State.RETURNED, State.SUBMITTED}
    coming = article.state in {State.APPROVED, State.SCHEDULED} or "correct" in open_actions
    return {
        "chip": labels.chip(article, now), "stages": flow.stages(article, now), "open_actions": open_actions, "now": now,
        "problems_found": publishing.problems(article) if coming else publishing.uncredited(article) if writing else [],
        "may_feature": article.is_live and access.can(actor, rights.PUBLISH, article.org),
        "may_review": article.state == State.SUBMITTED and access.can(actor, rights.REVIEW, article.org),
    }


def _unpublished(article: Article) -> list[comparing.Difference]:
    """Return what readers would newly see if the newest revision were published."""
    if article.live is None or article.live_id == article.head_id:
        return []
    return comparing.differences(contents.of(article.live), contents.of(article.head))


def _may_lead() -> bool:
    return access.can(current_actor(), rights.SIGN_OFF, access.SITE)
