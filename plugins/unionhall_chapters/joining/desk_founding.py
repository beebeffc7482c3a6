"""The desk's requests to found a chapter, and the list of people who belong to no union."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    form_choices,
    go,
    needs,
    never_cache,
    orgs_by_ids,
    orgs_where,
    session,
)
from unionhall_chapters import labels, queries, rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.joining import choices, founding, unorganised
from unionhall_chapters.joining.forms import FoundingForm, OutcomeForm, ReasonForm
from unionhall_chapters.joining.models import Founding

MOST_PARENTS = 400


@desk.route("/founding/new", methods=["GET", "POST"])
@needs(rights.MANAGE)
def new_founding() -> ResponseReturnValue:
    """Begin a request."""
    actor, form = current_actor(), FoundingForm()
    offered = orgs_where(actor, rights.MANAGE, below=desk_scope(actor))[:MOST_PARENTS]
    form.parent_id.choices = form_choices((org.id, "　" * org.depth + org.short_name) for org in offered)
    if form.accepted():
        try:
            parent = next(org for org in offered if org.id == form.parent_id.data)
            made = founding.prepare(parent, form.asked(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("申请存好了。材料齐了就送审。"), "ok")
            return go(url_for("chapters_desk.founding_page", founding_id=made.id))
    page = render_template("chapters/desk/founding_edit.html", form=form, found=None, least=choices.founders_min())
    return page, 422 if form.problems else 200


@desk.route("/founding/<int:founding_id>/edit", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_founding(founding_id: int) -> ResponseReturnValue:
    """Change a request that has not been sent."""
    actor = current_actor()
    found = founding.get(founding_id, actor)
    form = FoundingForm(obj=found)
    del form.parent_id
    if not form.is_submitted():
        form.version.data = str(found.version)
    status = 200
    if form.accepted():
        try:
            version = str(form.version.data)
            founding.change(
                found, form.asked(), version=int(version) if version.isdecimal() and len(version) < 10 else 0, actor=actor, now=clock.now()
            )
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = founding.get(founding_id, actor), error.status
        else:
            flash(_("申请存好了。"), "ok")
            return go(url_for("chapters_desk.founding_page", founding_id=founding_id))
    page = render_template("chapters/desk/founding_edit.html", form=form, found=found, least=choices.founders_min())
    return page, status if status != 200 else (422 if form.problems else 200)


@desk.get("/founding/<int:founding_id>")
@needs(rights.MANAGE)
def founding_page(founding_id: int) -> ResponseReturnValue:
    """Show a request, with what may be done with it."""
    return _page(founding.get(founding_id, current_actor()), ReasonForm(formdata=None))


@desk.post("/founding/<int:founding_id>/<act>")
@needs(rights.MANAGE)
def act_on_founding(founding_id: int, act: str) -> ResponseReturnValue:
    """Send a request to the union above, or answer it there."""
    actor, form = current_actor(), ReasonForm()
    found = founding.get(founding_id, actor)
    if act != "apply" and act not in founding.ANSWERS:
        abort(404)
    if not form.accepted():
        return _page(found, form), 422
    chapter = None
    try:
        if act == "apply":
            founding.apply(found, actor=actor, now=clock.now())
        else:
            chapter = founding.answer(found, act, reason=form.reason.data or "", actor=actor, now=clock.now())
    except UnionHallError as error:
        form.refuse(error)
        session().rollback()
        return _page(founding.get(founding_id, actor), form), error.status
    flash(_("送审了。") if act == "apply" else _("答复好了，申请人会收到消息。"), "ok")
    if chapter is not None:
        return go(url_for("chapters_desk.chapter", chapter_id=chapter.id))
    return go(url_for("chapters_desk.founding_page", founding_id=founding_id))


def _page(found: Founding, form: ReasonForm) -> str:
    actor, parent = current_actor(), orgs_by_ids([found.org_id])[found.org_id]
    mine = actor.account_id in {found.applied_by, found.created_by}
    ids = {each for each in (found.created_by, found.applied_by, found.decided_by) if each}
    return render_template(
        "chapters/desk/founding.html", found=found, form=form, parent=parent, kinds=labels.KINDS, states=labels.FOUNDING,
        who=account_names(ids), may_decide=can(actor, rights.FOUND, parent) and not mine,
        chapter=queries.by_ids([found.chapter_id]).get(found.chapter_id) if found.chapter_id else None, least=choices.founders_min(),
    )  # fmt: skip


@desk.get("/unorganised/")
@needs(rights.FOUND)
def unorganised_list() -> ResponseReturnValue:
    """List who asked for a union and waits to be called, or who was."""
    return _people(OutcomeForm(formdata=None))


@desk.post("/unorganised/<int:row_id>")
@needs(rights.FOUND)
def settle_unorganised(row_id: int) -> ResponseReturnValue:
    """Note what came of a call."""
    actor, form = current_actor(), OutcomeForm()
    row = next((each for each in unorganised.listed(actor, desk_scope(actor)) if each.id == row_id), None)
    if row is None:
        raise NotFound()
    if not form.accepted():
        return _people(form, row_id), 422
    unorganised.settle(row, orgs_by_ids([row.org_id])[row.org_id].path, outcome=form.outcome.data or "", actor=actor, now=clock.now())
    flash(_("记下了。"), "ok")
    return go(url_for("chapters_desk.unorganised_list"))


def _people(form: OutcomeForm, row_id: int = 0) -> str:
    never_cache()
    actor, done = current_actor(), request.args.get("done") == "1"
    rows = unorganised.listed(actor, desk_scope(actor), done=done)
    return render_template(
        "chapters/desk/unorganised.html", rows=rows, form=form, row_id=row_id, done=done, mobile=unorganised.mobile,
        chapters=queries.by_ids({row.chapter_id for row in rows}), orgs=orgs_by_ids({row.org_id for row in rows}),
    )  # fmt: skip
