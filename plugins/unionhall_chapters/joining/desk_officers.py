"""The desk's page of a chapter's offices: who holds which, appointing, stepping down, elections."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.plugin import (
    UnionHallError,
    can,
    clock,
    current_actor,
    form_choices,
    go,
    media_assets,
    needs,
    orgs_by_ids,
    roster_lines,
    session,
)
from unionhall_chapters import labels, queries, rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.joining import offices, standing
from unionhall_chapters.joining.forms import CongressForm, OfficeForm
from unionhall_chapters.joining.models import Congress

MOST = 2000


@desk.get("/<int:chapter_id>/officers/")
@needs(rights.READ)
def officers(chapter_id: int) -> ResponseReturnValue:
    """List the offices of a chapter, and its elections."""
    actor = current_actor()
    found = queries.managed(chapter_id, actor, rights.READ)
    held, former = offices.named(offices.current(found)), offices.named(offices.former(found))
    congresses = list(session().scalars(select(Congress).where(Congress.chapter_id == found.id).order_by(Congress.held_on.desc())))
    return render_template(
        "chapters/desk/officers.html", chapter=found, held=held, former=former, congresses=congresses, roles=labels.ROLES,
        decides=can(actor, rights.FOUND, orgs_by_ids([found.parent_id])[found.parent_id]), today=clock.local_day(clock.now()),
        pictures=media_assets([office.photo_id for office, _name in held if office.photo_id]),
    )  # fmt: skip


@desk.route("/<int:chapter_id>/officers/new", methods=["GET", "POST"])
@needs(rights.FOUND)
def appoint(chapter_id: int) -> ResponseReturnValue:
    """Give a member of the chapter an office."""
    actor, form, today = current_actor(), OfficeForm(), clock.local_day(clock.now())
    found = queries.managed(chapter_id, actor, rights.FOUND)
    form.org_id = found.org_id
    form.member_id.choices = form_choices((line.member_id, line.name) for line in roster_lines(found.org_id, limit=MOST))
    if not form.is_submitted():
        form.since.data, form.until.data = today, found.term_ends
    if form.accepted():
        try:
            offices.appoint(found, form.member_id.data, form.post(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found = queries.managed(chapter_id, actor, rights.FOUND)
            return render_template("chapters/desk/office.html", chapter=found, form=form), error.status
        flash(_("任命好了，权限到任期最后一天为止。"), "ok")
        return go(url_for("chapters_desk.officers", chapter_id=chapter_id))
    return render_template("chapters/desk/office.html", chapter=found, form=form), 422 if form.problems else 200


@desk.post("/<int:chapter_id>/officers/<int:office_id>/end")
@needs(rights.FOUND)
def end_office(chapter_id: int, office_id: int) -> ResponseReturnValue:
    """End an office today."""
    actor = current_actor()
    found = queries.managed(chapter_id, actor, rights.FOUND)
    offices.resign(offices.get(found, office_id), found, actor=actor, now=clock.now())
    flash(_("任职结束了，权限已收回。"), "ok")
    return go(url_for("chapters_desk.officers", chapter_id=chapter_id))


@desk.route("/<int:chapter_id>/congress", methods=["GET", "POST"])
@needs(rights.FOUND)
def congress(chapter_id: int) -> ResponseReturnValue:
    """Note a founding congress or an election."""
    actor, form = current_actor(), CongressForm()
    found = queries.managed(chapter_id, actor, rights.FOUND)
    if form.accepted():
        try:
            standing.hold_congress(found, form.ballot(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            return render_template("chapters/desk/congress.html", chapter=found, form=form), error.status
        flash(_("大会登记好了。"), "ok")
        return go(url_for("chapters_desk.officers", chapter_id=chapter_id))
    return render_template("chapters/desk/congress.html", chapter=found, form=form), 422 if form.problems else 200
