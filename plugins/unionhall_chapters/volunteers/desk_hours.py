"""Service hours in the desk: those that wait, all others, and the trail of corrections of one."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Pager,
    UnionHallError,
    account_names,
    clock,
    current_actor,
    go,
    member_names,
    needs,
    page_number,
    session,
)
from unionhall_chapters import rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import hours, labels, queries
from unionhall_chapters.volunteers.desk import chapter_of
from unionhall_chapters.volunteers.forms import AnswerForm, MinutesForm, sent_number
from unionhall_chapters.volunteers.models import Hours, HoursState

SIZE = 50


@desk.get("/<int:chapter_id>/volunteers/hours/")
@needs(rights.LEAD)
def volunteer_hours(chapter_id: int) -> ResponseReturnValue:
    """List hours, those that wait first of all."""
    return _list(chapter_of(chapter_id), AnswerForm(formdata=None))


@desk.post("/<int:chapter_id>/volunteers/hours/")
@needs(rights.LEAD)
def decide_hours(chapter_id: int) -> ResponseReturnValue:
    """Approve or refuse proposed hours."""
    chapter, form, now = chapter_of(chapter_id), AnswerForm(), clock.now()
    record = queries.record_of(chapter, sent_number("id"))
    if form.accepted():
        try:
            hours.decide(
                chapter, record, yes=request.form.get("do") == "yes", reason=form.reason.data or "", actor=current_actor(), now=now
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("办好了，已经告诉对方。"), "ok")
            return go(url_for("chapters_desk.volunteer_hours", chapter_id=chapter_id))
    return _list(chapter_of(chapter_id), form), 422


def _list(chapter: Chapter, form: AnswerForm) -> str:
    state = request.args.get("state", HoursState.PROPOSED.value)
    state, page = state if state in set(HoursState) else "", page_number()
    rows = queries.records(chapter.id, state=state, offset=(page - 1) * SIZE, limit=SIZE)
    return render_template(
        "chapters/desk/hours.html", chapter=chapter, rows=rows, form=form, state=state, states=labels.STATES, sources=labels.SOURCES,
        hours=labels.hours, names=member_names({row.member_id for row in rows if row.member_id}),
        pager=Pager(page, queries.number_of_records(chapter.id, state), SIZE),
    )  # fmt: skip


@desk.get("/<int:chapter_id>/volunteers/hours/<int:hours_id>/")
@needs(rights.LEAD)
def hours_record(chapter_id: int, hours_id: int) -> ResponseReturnValue:
    """Show a record and every correction of it."""
    chapter = chapter_of(chapter_id)
    record = queries.record_of(chapter, hours_id)
    return _record(chapter, record, MinutesForm(formdata=None, data={"minutes": record.minutes}))


@desk.post("/<int:chapter_id>/volunteers/hours/<int:hours_id>/")
@needs(rights.LEAD)
def correct_hours(chapter_id: int, hours_id: int) -> ResponseReturnValue:
    """Correct approved hours, with a reason."""
    chapter, form = chapter_of(chapter_id), MinutesForm()
    record = queries.record_of(chapter, hours_id)
    if form.accepted():
        version = sent_number("version")
        try:
            hours.correct(
                chapter, record, form.minutes.data or 0, form.reason.data or "", version=version, actor=current_actor(), now=clock.now()
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("更正好了，原来的数字留在下面。"), "ok")
            return go(url_for("chapters_desk.hours_record", chapter_id=chapter_id, hours_id=hours_id))
    chapter = chapter_of(chapter_id)
    return _record(chapter, queries.record_of(chapter, hours_id), form), 422


def _record(chapter: Chapter, record: Hours, form: MinutesForm) -> str:
    trail = queries.changes([record.id]).get(record.id, [])
    accounts = {change.by for change in trail if change.by} | ({record.decided_by} if record.decided_by else set())
    return render_template(
        "chapters/desk/hours_record.html", chapter=chapter, record=record, form=form, trail=trail, accounts=account_names(accounts),
        names=member_names([record.member_id or 0]), states=labels.STATES, sources=labels.SOURCES, hours=labels.hours,
    )  # fmt: skip
