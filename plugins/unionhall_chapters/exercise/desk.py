"""The desk's pages of the break-time exercise: courses, rates, wishes for a coach."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_scope,
    go,
    masked_mobile,
    needs,
    never_cache,
    open_mobile,
    orgs_by_ids,
    orgs_where,
    record_audit,
    session,
)
from unionhall_chapters import rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.exercise import labels, queries, services
from unionhall_chapters.exercise.forms import AnswerForm, CourseForm
from unionhall_chapters.exercise.models import ExerciseCourse, VisitState


@desk.get("/exercise/")
@needs(rights.READ)
def exercise() -> ResponseReturnValue:
    """Show the courses, how orgs practise, and who asks for a coach."""
    return _page(AnswerForm(formdata=None))


def _page(form: AnswerForm, answering: int = 0, number: str = "") -> str:
    actor, today = current_actor(), clock.local_day(clock.now())
    scope, visits = desk_scope(actor), queries.visits(actor, desk_scope(actor))
    orgs = orgs_by_ids({visit.org_id for visit in visits})
    return render_template(
        "chapters/exercise/desk.html", courses=queries.courses(actor, scope), visits=visits, orgs=orgs, form=form,
        answering=answering, number=number,
        rates=queries.rates(queries.last_days(today), today, below=scope, most=200), states=labels.VISITS, acts=labels.ACTS,
        next=services.NEXT, masked=masked_mobile, may_edit=can(actor, rights.MANAGE, scope),
    )  # fmt: skip


@desk.route("/exercise/courses/new", methods=["GET", "POST"])
@needs(rights.MANAGE)
def new_course() -> ResponseReturnValue:
    """Make a course."""
    return _edit(None)


@desk.route("/exercise/courses/<int:course_id>", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_course(course_id: int) -> ResponseReturnValue:
    """Change a course."""
    return _edit(queries.course(course_id, current_actor()))


def _edit(found: ExerciseCourse | None) -> ResponseReturnValue:
    actor, scope = current_actor(), desk_scope(current_actor())
    here = (item for item in orgs_where(actor, rights.MANAGE) if item.path == scope)
    org = orgs_by_ids([found.org_id])[found.org_id] if found else next(here, None)
    if org is None:
        abort(404)
    form = CourseForm(obj=found)
    form.org_id = org.id
    if form.accepted():
        try:
            services.keep_course(found, org, form.given(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("课程保存好了。"), "ok")
            return go(url_for("chapters_desk.exercise"))
    page = render_template("chapters/exercise/desk_course.html", form=form, course=found, org=org)
    return page, 422 if form.problems else 200


@desk.post("/exercise/visits/<int:visit_id>")
@needs(rights.MANAGE)
def answer_visit(visit_id: int) -> ResponseReturnValue:
    """Answer a wish for a coach, or look at the whole number to call: that is noted."""
    actor, found, form, act = current_actor(), queries.visit(visit_id, current_actor()), AnswerForm(), request.form.get("act", "")
    if act == "call":
        record_audit("chapters.coach_number_seen", f"coach_visit:{found.id}", actor=actor, now=clock.now(), org_id=found.org_id)
        never_cache()
        return _page(AnswerForm(formdata=None), visit_id, open_mobile(found.mobile_sealed))
    if act not in set(VisitState):
        abort(400)
    if form.accepted():
        try:
            services.answer_visit(found, VisitState(act), form.answer.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("记下了，已通知申请的人。"), "ok")
            return go(url_for("chapters_desk.exercise"))
    return _page(form, visit_id), 422
