"""Shifts in the desk: planned, looked after, called off; who came and who did not."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    clock,
    current_actor,
    form_choices,
    go,
    member_names,
    needs,
    session,
    sheet_attendance,
)
from unionhall_chapters import rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import hours, labels, queries, shifts
from unionhall_chapters.volunteers.desk import chapter_of
from unionhall_chapters.volunteers.forms import MinutesForm, ReasonForm, ShiftChangeForm, ShiftForm, sent_number
from unionhall_chapters.volunteers.models import Shift, Standing


@desk.route("/<int:chapter_id>/volunteers/teams/<int:team_id>/shifts/new", methods=["GET", "POST"])
@needs(rights.LEAD)
def new_shift(chapter_id: int, team_id: int) -> ResponseReturnValue:
    """Plan one shift, or several by a weekly pattern."""
    chapter, form = chapter_of(chapter_id), ShiftForm()
    team = queries.team_of(chapter, team_id)
    leaders = [row.member_id for row in queries.people([team_id], Standing.IN) if row.leader]
    briefs = member_names(leaders)
    form.duty_id.choices = form_choices([(0, _("还没有定")), *((number, briefs[number][0]) for number in leaders)])
    if form.accepted():
        try:
            made = shifts.plan(chapter, team, form.fields(), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(
                _("排好了 %(n)s 班，队员可以报了。", n=len(made)) if made else _("这些班次已经排过了，没有重复排。"),
                "ok",
            )
            return go(url_for("chapters_desk.team", chapter_id=chapter_id, team_id=team_id))
    chapter = chapter_of(chapter_id)
    page = render_template(
        "chapters/desk/shift_form.html", chapter=chapter, team=queries.team_of(chapter, team_id), form=form
    )
    return page, 422 if form.is_submitted() else 200


@desk.get("/<int:chapter_id>/volunteers/shifts/<int:shift_id>/")
@needs(rights.LEAD)
def shift(chapter_id: int, shift_id: int) -> ResponseReturnValue:
    """Show a shift: who has a place, who came, how long."""
    chapter = chapter_of(chapter_id)
    return _page(chapter, queries.shift_of(chapter, shift_id))


@desk.post("/<int:chapter_id>/volunteers/shifts/<int:shift_id>/")
@needs(rights.LEAD)
def act_on_shift(chapter_id: int, shift_id: int) -> ResponseReturnValue:
    """Change a shift, call it off, excuse somebody who did not come, or note that they did."""
    chapter, actor, now = chapter_of(chapter_id), current_actor(), clock.now()
    found = queries.shift_of(chapter, shift_id)
    do, member_id = request.form.get("do", ""), sent_number("member")
    forms = {"change": ShiftChangeForm, "cancel": ReasonForm, "excuse": ReasonForm, "add": MinutesForm}
    if do not in forms:
        raise NotFound()
    form = forms[do]()
    if form.accepted():
        try:
            if do == "change":
                version = sent_number("version")
                shifts.change(
                    chapter, found, place=form.place.data or "", meeting=form.meeting.data or "", places=form.places.data or 0,
                    version=version, actor=actor, now=now,
                )  # fmt: skip
            elif do == "cancel":
                shifts.cancel(chapter, found, form.reason.data or "", actor=actor, now=now)
            elif do == "add":
                hours.add(
                    chapter, found, member_id, form.minutes.data or 0, form.reason.data or "", actor=actor, now=now
                )
            else:
                missed = next((row for row in queries.missed(shift_id) if row.member_id == member_id), None)
                if missed is None:
                    raise NotFound()
                hours.excuse(chapter, missed, form.reason.data or "", actor=actor, now=now)
        except NotFound:
            raise
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("办好了。"), "ok")
            return go(url_for("chapters_desk.shift", chapter_id=chapter_id, shift_id=shift_id))
    chapter = chapter_of(chapter_id)
    return _page(chapter, queries.shift_of(chapter, shift_id), form), 422


def _page(chapter: Chapter, found: Shift, refused: ShiftChangeForm | ReasonForm | None = None) -> str:
    sheet, now = queries.sheet(found), clock.now()
    rows, missed = sheet_attendance(sheet), queries.missed(found.id)
    records = {row.member_id: row for row in queries.records(found.team.chapter_id, shift_id=found.id, limit=500)}
    people = {row.member_id for row in missed} | ({found.duty_id} if found.duty_id else set())
    change = refused if isinstance(refused, ShiftChangeForm) else ShiftChangeForm(formdata=None, obj=found)
    return render_template(
        "chapters/desk/shift.html", chapter=chapter, shift=found, sheet=sheet, rows=rows, missed=missed, records=records, now=now,
        form=refused or change, change=change, reason=ReasonForm(formdata=None), names=member_names(people), states=labels.STATES,
        hours=labels.hours, length=hours.stepped(found.ends_at - found.starts_at),
    )  # fmt: skip
