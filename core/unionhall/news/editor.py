"""What the editor's pages show: choices within the actor's rights, panels, the picture, the conflict."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import queries as accounts
from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.desk import scope
from unionhall.hooks.types import Actor
from unionhall.media import services as media
from unionhall.news import comparing, desk_queries, labels, queries, reading, references, rights
from unionhall.news import content as contents
from unionhall.news.content import LIMITS, BylineLine, Content
from unionhall.news.editor_labels import editor_labels
from unionhall.news.forms import ArticleForm, BylineRow
from unionhall.news.models import Article, Autosave, BylineRole, Revision, Section, State
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor

MOST_ORGS = 400
MOST_REVISIONS = 6


def empty_form(actor: Actor) -> ArticleForm:
    """Return the form of a new article: the org one works in, and oneself as its first byline."""
    form = ArticleForm(formdata=None)
    places, sections = writable(actor, None), queries.sections()
    asked = next((org for org in places if str(org.id) == request.args.get("org")), None)
    here = asked or orgs.by_path(scope.current(actor))
    chosen = here if here in places else (places[0] if places else None)
    writes = access.can(actor, rights.EDIT, chosen) if chosen else False
    role = BylineRole.REPORTER if writes else BylineRole.CORRESPONDENT
    form.bylines.data = [BylineRow(role.value, actor.name, login=actor.login)]
    form.key.data = secrets.token_hex(16)
    form.org_id.data = chosen.id if chosen else 0
    form.section_id.data = sections[0].id if sections else 0
    return form


def filled_form(article: Article) -> ArticleForm:
    """Return the form with an article's newest revision."""
    form = ArticleForm(formdata=None)
    form.fill(contents.of(article.head))
    form.base.data, form.slug.data = str(article.head_id), article.slug
    form.org_id.data, form.section_id.data = article.org_id, article.section_id
    return form


def page(
    form: ArticleForm, article: Article | None, *, status: int = 200, kept: Autosave | None = None,
    theirs: Revision | None = None,
) -> ResponseReturnValue:
    """Return the editor; with `theirs`, both versions of what two people wrote above it."""
    actor, now = current_actor(), clock.now()
    shown: dict[str, Any] = {
        "form": form, "article": article, "kept": kept, "theirs": theirs, "roles": labels.ROLES, "limits": LIMITS,
        "orgs": writable(actor, article), "sections": _open_sections(article),
        "related": _related(form, actor), "editor_labels": editor_labels(), "differences": [],
        "may_upload": access.can(actor, media.USE),
    }
    if theirs and article:
        mine = _typed_content(form)
        shown["differences"] = comparing.differences(contents.of(theirs), mine)
    if article:
        shown |= panels(article, actor, now)
    return render_template("news/desk_edit.html", **shown), status


def conflict_page(form: ArticleForm, article: Article) -> ResponseReturnValue:
    """Return both versions, 409; what is sent from this page is saved on top of theirs."""
    form.base.data = str(article.head_id)
    return page(form, article, status=409, theirs=article.head)


def rearranged_page(form: ArticleForm, article: Article | None, order: str) -> ResponseReturnValue:
    """Return the page with a row moved, added or removed, or a part taken from the other version; nothing is saved."""
    theirs = None
    if article and (number := request.form.get("theirs", "")).isdecimal():
        theirs = desk_queries.revision(article, int(number))
        if order.startswith("take:"):
            form.take(order.removeprefix("take:"), contents.of(theirs))
    form.arrange(order)
    return page(form, article, theirs=theirs)


def reading_page(article: Article) -> ResponseReturnValue:
    """Return the article to read, for those who may not change it now."""
    shown = panels(article, current_actor(), clock.now())
    text = reading.text(article.head, marks=True)
    return render_template("news/desk_view.html", article=article, head=article.head, text=text, roles=labels.ROLES, **shown)


def panels(article: Article, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what stands beside an article: its state, its newest revisions, who else is here, what may be done."""
    revisions = desk_queries.revisions(article, limit=MOST_REVISIONS)
    returned = desk_queries.last_return(article) if article.state == State.RETURNED else None
    people = {item.account_id for item in revisions} | {returned.account_id if returned else None}
    names = accounts.names({item for item in people if item})
    return {
        "chip": labels.chip(article, now), "revisions": revisions, "names": names, "now": now,
        "others": desk_queries.others_here(article, actor, now),
        "actions": [action.name for action in rights.open_actions(actor, article)],
        "returned": returned,
        "may_edit": rights.may_edit(actor, article), "copy_orgs": writable(actor, None)[:1],
    }


def writable(actor: Actor, article: Article | None) -> list[Org]:
    """Return the orgs that may be chosen: within the org one works in, and the article's own."""
    within = scope.current(actor)
    found = [org for org in orgs.within([within]) if access.can(actor, rights.WRITE, org)][:MOST_ORGS]
    if not found:
        found = orgs.manageable(actor, rights.WRITE)[:MOST_ORGS]
    if article and all(org.id != article.org_id for org in found):
        found.insert(0, article.org)
    return found


def place(form: ArticleForm, actor: Actor, article: Article | None) -> tuple[Org, Section]:
    """Return the chosen org and section. Raises RuleBroken at their fields."""
    org = db.session().get(Org, form.org_id.data or 0)
    mine = article is not None and org is not None and org.id == article.org_id
    if org is None or not (mine or access.can(actor, rights.WRITE, org)):
        raise RuleBroken(_("请选择以哪个组织的名义写。"), field="org_id")
    section = db.session().get(Section, form.section_id.data or 0)
    if section is None:
        raise RuleBroken(_("请选择栏目。"), field="section_id")
    return org, section


def _open_sections(article: Article | None) -> list[Section]:
    found = queries.sections()
    return found if article is None or article.section in found else [article.section, *found]


def _related(form: ArticleForm, actor: Actor) -> list[tuple[str, str]]:
    """Return (number, headline) of the related articles that were typed; no headline for one that is not there."""
    found = []
    for text in form.related_numbers():
        article = references.visible_article(references.article_number(text) or 0, actor)
        found.append((article.number if article else text, article.head.headline if article else ""))
    return found


def _typed_content(form: ArticleForm) -> Content:
    """Return what stands in the form, tidied where it can be, without looking anything up."""
    lines = tuple(BylineLine(row.role, contents.split_names(row.names)) for row in form.bylines.data)
    numbers = [references.article_number(text) for text in form.related_numbers()]
    typed = replace(form.parts(), bylines=lines, related=tuple(number for number in numbers if number))
    try:
        return contents.tidied(typed)
    except RuleBroken:
        return typed
