"""The desk's chapters: the list, one chapter's head page, its steps, merging."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.plugin import (
    Pager,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    needs,
    orgs_by_ids,
    page_number,
    scoped,
    session,
    tidy,
)
from unionhall_chapters import labels, queries, rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.joining import applying, founding, listing, offices, profile, shown, standing, states
from unionhall_chapters.joining.forms import MergeForm, ReasonForm
from unionhall_chapters.joining.models import ChapterStep
from unionhall_chapters.models import OPEN, Chapter, ChapterState


@desk.get("/")
@needs(rights.READ)
def chapters() -> ResponseReturnValue:
    """List the chapters in scope, above them the requests to found one."""
    actor, page = current_actor(), page_number()
    words, state = tidy(request.args.get("q", ""))[:40], request.args.get("state", "")
    wanted = listing.Wanted(desk_scope(actor), words, state if state in set(ChapterState) else "")
    rows, total = listing.chapters(wanted, actor, page)
    asked = founding.listed(actor, wanted.below)
    return render_template(
        "chapters/desk/list.html", rows=rows, wanted=wanted, states=labels.STATES, kinds=labels.KINDS,
        pager=Pager(page, total, listing.SIZE), foundings=asked, parents=orgs_by_ids(each.org_id for each in asked),
        waiting=applying.numbers([row.chapter.id for row in rows]),
        may_found=can(actor, rights.MANAGE, wanted.below), may_call=can(actor, rights.FOUND, wanted.below),
        export=export_url("chapters.list", {"q": wanted.words, "state": wanted.state}), founding_states=labels.FOUNDING,
    )  # fmt: skip


@desk.get("/<int:chapter_id>/")
@needs(rights.READ)
def chapter(chapter_id: int) -> ResponseReturnValue:
    """Show how a chapter stands, what waits, what may be done with it."""
    actor = current_actor()
    found = queries.managed(chapter_id, actor, rights.READ)
    (row,) = shown.rows([found])
    steps = list(session().scalars(select(ChapterStep).where(ChapterStep.chapter_id == found.id).order_by(ChapterStep.id.desc()).limit(50)))
    decides = can(actor, rights.FOUND, row.parent)
    return render_template(
        "chapters/desk/overview.html", chapter=found, row=row, kinds=labels.KINDS, rules=labels.RULES, history=steps,
        words=states.HISTORY, who=account_names({step.actor_id for step in steps if step.actor_id}),
        waiting=applying.numbers([found.id]).get(found.id, 0), steps=states.open_steps(found) if decides else [], decides=decides,
        mergeable=decides and found.state in states.MERGING, may_write=can(actor, "news.write", row.org),
        may_manage=can(actor, rights.MANAGE, row.org), headed=offices.headed(found, clock.local_day(clock.now())),
        congress=standing.congress_of(found), versions=len(profile.rules(found)),
    )  # fmt: skip


@desk.route("/<int:chapter_id>/steps/<name>", methods=["GET", "POST"])
@needs(rights.FOUND)
def take_step(chapter_id: int, name: str) -> ResponseReturnValue:
    """Say what a step means, ask why, take it."""
    actor, form, status = current_actor(), ReasonForm(), 200
    found, wanted = queries.managed(chapter_id, actor, rights.FOUND), states.STEPS.get(name)
    if wanted is None:
        abort(404)
    if form.accepted():
        try:
            standing.take_step(found, name, reason=form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(chapter_id, actor, rights.FOUND), error.status
        else:
            flash(_("“%(name)s”：%(step)s，已办好。", name=found.name, step=wanted.label), "ok")
            return go(url_for("chapters_desk.chapter", chapter_id=chapter_id))
    return render_template("chapters/desk/step.html", chapter=found, step=wanted, form=form, row=shown.rows([found])[0]), status


@desk.route("/<int:chapter_id>/merge", methods=["GET", "POST"])
@needs(rights.FOUND)
def merge(chapter_id: int) -> ResponseReturnValue:
    """Merge a chapter into another one."""
    actor, form = current_actor(), MergeForm()
    found = queries.managed(chapter_id, actor, rights.FOUND)
    others = select(Chapter).where(Chapter.state.in_([state.value for state in OPEN]), Chapter.id != found.id).order_by(Chapter.name)
    offered = list(session().scalars(scoped(others, Chapter, actor, rights.FOUND)))
    form.target.choices = [(each.id, each.name) for each in offered]
    status = 200
    if form.accepted():
        try:
            into = next(each for each in offered if each.id == form.target.data)
            standing.merge(found, into, reason=form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(chapter_id, actor, rights.FOUND), error.status
        else:
            flash(_("已并入“%(name)s”。", name=into.name), "ok")
            return go(url_for("chapters_desk.chapter", chapter_id=into.id))
    page = render_template("chapters/desk/merge.html", chapter=found, form=form, offered=offered, row=shown.rows([found])[0])
    return page, status if status != 200 else (422 if form.problems else 200)
