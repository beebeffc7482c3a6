"""A chapter's teams in the desk: the overview, a team and its people."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    can,
    clock,
    current_actor,
    export_url,
    go,
    member_names,
    needs,
    never_cache,
    session,
)
from unionhall_chapters import queries as chapters
from unionhall_chapters import rights
from unionhall_chapters.blueprints import desk
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import labels, queries, teams
from unionhall_chapters.volunteers.forms import AnswerForm, TeamForm, sent_number
from unionhall_chapters.volunteers.models import HoursState, Standing, Team


def chapter_of(chapter_id: int) -> Chapter:
    """Return a chapter where whoever looks leads. Raises NotFound."""
    never_cache()
    return chapters.managed(chapter_id, current_actor(), rights.LEAD)


@desk.get("/<int:chapter_id>/volunteers/")
@needs(rights.LEAD)
def volunteers(chapter_id: int) -> ResponseReturnValue:
    """Show teams, what is next, who offers a shift, and what waits."""
    chapter, now = chapter_of(chapter_id), clock.now()
    rows = queries.teams(chapter.id, every=True)
    ids = [team.id for team in rows]
    offers = queries.swaps(ids, limit=10)
    people = {offer.member_id for offer in offers} | {offer.taken_by for offer in offers if offer.taken_by}
    shifts = queries.coming(now, chapter_id=chapter.id, limit=30)
    return render_template(
        "chapters/desk/volunteers.html", chapter=chapter, teams=rows, sizes=queries.sizes(ids), offers=offers, now=now,
        totals=queries.team_totals(chapter.id, queries.this_year(now)), purposes=labels.PURPOSES, hours=labels.hours,
        asked=len(queries.people(ids, Standing.ASKED)), waiting=queries.number_of_records(chapter.id, HoursState.PROPOSED),
        shifts=[(shift, None if shift.cancelled_at else queries.sheet(shift)) for shift in shifts], past=queries.past(chapter.id, now, 10),
        names=member_names(people | {shift.duty_id for shift in shifts if shift.duty_id}),
        export=export_url("chapters.hours", {"chapter": str(chapter.id)}),
    )  # fmt: skip


@desk.route("/<int:chapter_id>/volunteers/teams/new", methods=["GET", "POST"])
@needs(rights.LEAD)
def new_team(chapter_id: int) -> ResponseReturnValue:
    """Found a team."""
    chapter, form, actor = chapter_of(chapter_id), TeamForm(), current_actor()
    if form.accepted():
        try:
            team = teams.found_team(chapter, form.fields(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("建好了。接下来排班，或者等队员申请加入。"), "ok")
            return go(url_for("chapters_desk.team", chapter_id=chapter_id, team_id=team.id))
    return render_template(
        "chapters/desk/team_form.html", chapter=chapter_of(chapter_id), form=form, team=None
    ), _status(form)


@desk.route("/<int:chapter_id>/volunteers/teams/<int:team_id>/edit", methods=["GET", "POST"])
@needs(rights.LEAD)
def edit_team(chapter_id: int, team_id: int) -> ResponseReturnValue:
    """Change what is said of a team."""
    chapter, actor = chapter_of(chapter_id), current_actor()
    team = queries.team_of(chapter, team_id)
    form = TeamForm(obj=team)
    if form.accepted():
        version = sent_number("version")
        try:
            teams.change_team(chapter, team, form.fields(), version=version, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("改好了。"), "ok")
            return go(url_for("chapters_desk.team", chapter_id=chapter_id, team_id=team_id))
    chapter = chapter_of(chapter_id)
    return render_template(
        "chapters/desk/team_form.html", chapter=chapter, form=form, team=queries.team_of(chapter, team_id)
    ), _status(form)


@desk.get("/<int:chapter_id>/volunteers/teams/<int:team_id>/")
@needs(rights.LEAD)
def team(chapter_id: int, team_id: int) -> ResponseReturnValue:
    """Show a team: who asked to join, who belongs to it, its next shifts."""
    chapter = chapter_of(chapter_id)
    return _team_page(chapter, queries.team_of(chapter, team_id), AnswerForm(formdata=None))


@desk.post("/<int:chapter_id>/volunteers/teams/<int:team_id>/")
@needs(rights.LEAD)
def answer(chapter_id: int, team_id: int) -> ResponseReturnValue:
    """Answer somebody who asked to join; make somebody a leader, or not any more."""
    chapter, form, actor, now = chapter_of(chapter_id), AnswerForm(), current_actor(), clock.now()
    found = queries.team_of(chapter, team_id)
    row = queries.standing(team_id, sent_number("member"))
    if row is None:
        raise NotFound()
    do = request.form.get("do", "")
    if form.accepted():
        try:
            if do in ("lead", "follow"):
                teams.lead(chapter, row, leads=do == "lead", actor=actor, now=now)
            else:
                teams.decide(chapter, row, yes=do == "yes", reason=form.reason.data or "", actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("办好了，已经告诉对方。") if do in ("yes", "no") else _("办好了。"), "ok")
            return go(url_for("chapters_desk.team", chapter_id=chapter_id, team_id=team_id))
    chapter = chapter_of(chapter_id)
    return _team_page(chapter, queries.team_of(chapter, found.id), form), 422


def _team_page(chapter: Chapter, found: Team, form: AnswerForm) -> str:
    asked, inside = queries.people([found.id], Standing.ASKED), queries.people([found.id], Standing.IN)
    told = {row.member_id: queries.volunteer(row.member_id) for row in [*asked, *inside]}
    org = chapter_of(chapter.id)
    return render_template(
        "chapters/desk/team.html", chapter=org, team=found, form=form, asked=asked, inside=inside, told=told, purposes=labels.PURPOSES,
        names=member_names(told), may_lead=can(current_actor(), rights.MANAGE),
        shifts=queries.coming(clock.now(), team_ids=[found.id], limit=20),
    )  # fmt: skip


def _status(form: TeamForm) -> int:
    return 422 if form.is_submitted() else 200
