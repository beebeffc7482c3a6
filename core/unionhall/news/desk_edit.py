"""The editor: new articles, saving without losing anybody's words, autosave."""

from __future__ import annotations

import re

from flask import flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.base.web import fail, go
from unionhall.hooks.types import Actor
from unionhall.news import content as contents
from unionhall.news import desk_queries, editing, editor, previews, review, rights
from unionhall.news.desk_blueprint import bp
from unionhall.news.editing import SavedMeanwhile
from unionhall.news.forms import ArticleForm, typed
from unionhall.news.keeping import keeps_text, token_is_good
from unionhall.news.models import Article
from unionhall.platform.access import current_actor, needs

KEY = re.compile(r"[0-9a-f]{32}")


@bp.get("/new")
@needs(rights.WRITE)
def new() -> ResponseReturnValue:
    """Show an empty editor."""
    form = editor.empty_form(current_actor())
    return editor.page(form, None)


@bp.post("/new")
@keeps_text
@needs(rights.WRITE)
def create() -> ResponseReturnValue:
    """Store a new draft, perhaps send it to review at once."""
    form, actor = ArticleForm(), current_actor()
    if answer := _before_saving(form, None, actor):
        return answer
    try:
        article = _store_new(form, actor)
    except UnionHallError as error:
        return _refused(form, None, error)
    return _go_on(article, actor)


@bp.get("/<int:article_id>/edit")
@needs("desk.enter")
def edit(article_id: int) -> ResponseReturnValue:
    """Show the editor with the newest revision, or the article to read for those who may not change it now."""
    actor, now = current_actor(), clock.now()
    article = desk_queries.get(article_id, actor)
    if not rights.may_edit(actor, article):
        return editor.reading_page(article)
    editing.look_at(article.id, article.head_id or 0, actor=actor, now=now)
    article = desk_queries.get(article_id, actor)
    kept = desk_queries.my_autosave(article, actor)
    if kept and "restore" in request.args:
        form = ArticleForm(formdata=MultiDict(kept.fields), data=_held(article))
        form.base.data = str(kept.base_id)
        return editor.page(form, article)
    return editor.page(editor.filled_form(article), article, kept=kept)


@bp.post("/<int:article_id>/edit")
@keeps_text
@needs("desk.enter")
def save(article_id: int) -> ResponseReturnValue:
    """Save on top of the revision the page was opened with; a conflict shows both versions, the text still there."""
    actor = current_actor()
    article = desk_queries.get(article_id, actor)
    form = ArticleForm(data=_held(article))
    if answer := _before_saving(form, article, actor):
        return answer
    try:
        if request.form.get("then") == "copy":
            article = _store_new(form, actor)
        else:
            article = _store(form, article, actor)
    except SavedMeanwhile:
        fail()
        db.session().rollback()
        return editor.conflict_page(form, desk_queries.get(article_id, actor))
    except UnionHallError as error:
        return _refused(form, article_id, error)
    return _go_on(article, actor)


@bp.post("/<int:article_id>/autosave")
@needs("desk.enter")
def autosave(article_id: int) -> ResponseReturnValue:
    """Keep what is in the editor now; 409 tells that somebody else saved first."""
    actor, now = current_actor(), clock.now()
    article = desk_queries.get(article_id, actor)
    base = request.form.get("base", "")
    base_id = int(base) if base.isdecimal() and len(base) < 10 else 0
    try:
        editing.autosave(article, typed(request.form), base_id=base_id, actor=actor, now=now)
    except SavedMeanwhile as clash:
        return jsonify(message=str(clash.message)), 409
    return jsonify(message=_("已自动保存 %(time)s", time=f"{clock.local(now):%H:%M}"))


@bp.post("/<int:article_id>/autosave/discard")
@needs("desk.enter")
def discard(article_id: int) -> ResponseReturnValue:
    """Throw away what was typed and not saved."""
    actor = current_actor()
    editing.drop_autosave(desk_queries.get(article_id, actor), actor)
    flash(_("没有保存的内容已经丢弃，下面是最新的一版。"), "ok")
    return go(url_for("news_desk.edit", article_id=article_id))


def _before_saving(form: ArticleForm, article: Article | None, actor: Actor) -> ResponseReturnValue | None:
    """Answer what is not a save: a stale page, a row button or a field that cannot be taken."""
    if not token_is_good():
        form.form_errors.append(_("这一页开得太久，没有保存。你写的都还在，请再点一次保存。"))
        return editor.page(form, article, status=400)
    if order := request.form.get("rows"):
        return editor.rearranged_page(form, article, order)
    return None if form.accepted() else editor.page(form, article, status=422)


def _held(article: Article) -> dict[str, int | None]:
    """Return what the article has already and may keep, also when this person could not choose it anew."""
    return {"cover_id": article.head.cover_id}


def _store_new(form: ArticleForm, actor: Actor) -> Article:
    """Store a draft once, however often the same form is sent: its key is the article's origin."""
    org, section = editor.place(form, actor, None)
    content, key = form.content(org, actor), form.key.data or ""
    origin = f"desk:{actor.account_id}:{key}" if KEY.fullmatch(key) else None
    known = desk_queries.by_origin(origin, actor) if origin else None
    if known:
        if contents.of(known.head) == contents.tidied(content):
            return known
        origin = None
    try:
        with db.session().begin_nested():
            return editing.create_article(org, section, content, actor=actor, now=clock.now(), origin=origin)
    except db.IntegrityError:
        known = desk_queries.by_origin(origin or "", actor)
        if known is None:
            raise
        return known


def _store(form: ArticleForm, article: Article, actor: Actor) -> Article:
    """Save; a form that was sent twice at once is told apart from two people's texts by trying once more."""
    try:
        _save(form, article, actor)
    except SavedMeanwhile:
        article_id = article.id
        db.session().rollback()
        article = desk_queries.get(article_id, actor)
        _save(form, article, actor)
    return article


def _save(form: ArticleForm, article: Article, actor: Actor) -> None:
    org, section = editor.place(form, actor, article)
    base = form.base.data or ""
    editing.save(
        article, form.content(org, actor, article), base_id=int(base) if base.isdecimal() and len(base) < 10 else 0,
        org=org, section=section, slug=form.slug.data or "", actor=actor, now=clock.now(),
    )


def _refused(form: ArticleForm, article_id: int | None, error: UnionHallError) -> ResponseReturnValue:
    form.refuse(error)
    db.session().rollback()
    return editor.page(form, _again(article_id, current_actor()), status=error.status)


def _again(article_id: int | None, actor: Actor) -> Article | None:
    return desk_queries.get(article_id, actor) if article_id else None


def _go_on(article: Article, actor: Actor) -> ResponseReturnValue:
    """After saving: send to review, show the preview, or come back to the editor."""
    then, here = request.form.get("then", ""), url_for("news_desk.edit", article_id=article.id)
    if then == "preview":
        return go(url_for("news.preview", token=previews.token(article)))
    if then != "submit":
        waiting = article.live_id and article.live_id != article.head_id
        flash(_("已保存。读者看到的还是发布过的那一版，发布更正后才会换。") if waiting else _("已保存。"), "ok")
        return go(here)
    try:
        with db.session().begin_nested():
            review.submit(article, actor=actor, now=clock.now())
    except UnionHallError as error:
        flash(_("已保存，但没有送审：%(why)s", why=str(error)), "bad")
        return go(here)
    flash(_("“%(title)s”已送审。", title=contents.of(article.head).headline), "ok")
    return go(here)
