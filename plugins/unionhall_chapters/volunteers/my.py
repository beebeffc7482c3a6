"""A member's own volunteering: joining, shifts and swaps, hours, the yearly statement."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    clock,
    current_actor,
    current_member,
    form_choices,
    go,
    member_names,
    never_cache,
    session,
)
from unionhall_chapters import queries as chapters
from unionhall_chapters.blueprints import site
from unionhall_chapters.volunteers import hours, labels, limits, queries, shown, statements, swaps, teams
from unionhall_chapters.volunteers.forms import JoinForm, ProfileForm, ReportForm, sent_number
from unionhall_chapters.volunteers.models import Standing


def _member_id() -> int:
    never_cache()
    member = current_member()
    if member is None:
        if current_actor().known:
            raise NotFound(_("志愿服务只对已激活的会员开放。请先激活会员。"))
        abort(401)
    return member.id


@site.route("/<slug>/volunteers/<team_slug>/join", methods=["GET", "POST"])
def join_team(slug: str, team_slug: str) -> ResponseReturnValue:
    """Ask to join a team, or leave it again."""
    member_id, now = _member_id(), clock.now()
    chapter = chapters.by_slug(slug)
    team, form, status = queries.team_by_slug(chapter, team_slug), JoinForm(), 200
    if form.is_submitted() and request.form.get("do") == "leave":
        teams.leave(team, member_id, actor=current_actor(), now=now)
        flash(_("已退出。已经报了的班次，请在“我的报名”里取消或让给队友。"), "ok")
        return go(url_for("chapters.my_volunteer"))
    if form.accepted():
        try:
            teams.ask(
                team,
                member_id,
                agreed=bool(form.agreed.data) or not team.agreement,
                note=form.note.data or "",
                actor=current_actor(),
                now=now,
            )
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = 422 if error.status == 400 else error.status
        else:
            flash(_("申请发出了，领队答复后会告诉你。"), "ok")
            return go(url_for("chapters.my_volunteer"))
    elif form.is_submitted():
        status = 422
    row = queries.standing(team.id, member_id)
    return render_template(
        "chapters/volunteers/join.html", chapter=chapter, team=team, form=form, row=row, standings=labels.STANDINGS
    ), status  # fmt: skip


@site.get("/my/volunteer/")
def my_volunteer() -> ResponseReturnValue:
    """Show what is next, what can be taken over, and the hours of each year."""
    member_id, now = _member_id(), clock.now()
    mine = queries.my_teams(member_id)
    inside = [row.team_id for row in mine if row.state == Standing.IN]
    records = queries.mine(member_id)
    shifts = shown.my_shifts(member_id, now)
    there = {(item.shift.id, item.state == "duty") for item in shifts}
    offers = [offer for offer in queries.swaps(inside, now=now) if (offer.shift_id, offer.duty) not in there]
    years = queries.years(member_id)
    return render_template(
        "chapters/volunteers/mine.html", rows=mine, standings=labels.STANDINGS, shifts=shifts, records=records,
        states=labels.STATES, sources=labels.SOURCES, hours=labels.hours, years=years, offers=offers, member_id=member_id,
        chapters=chapters.by_ids({row[0] for row in years} | {row.team.chapter_id for row in mine}),
        names=member_names({offer.member_id for offer in offers}), leading={row.team_id for row in mine if row.leader},
        changes=queries.changes([record.id for record in records]), pauses=shown.pauses(member_id, [row.team for row in mine], now),
        may_report=limits.may_report() and bool(inside), this_year=queries.total(member_id, queries.this_year(now)),
    )  # fmt: skip


@site.post("/my/volunteer/")
def volunteer_act() -> ResponseReturnValue:
    """Offer a shift, take one, or take an offer back; ask for a statement."""
    member_id, now, actor = _member_id(), clock.now(), current_actor()
    do, number = request.form.get("do", ""), sent_number("id")
    if do == "statement":
        chapter = chapters.by_ids([number]).get(number)
        if chapter is None:
            raise NotFound()
        proof = statements.issue(chapter, member_id, sent_number("year"), actor=actor, now=now)
        return go(url_for("proofs.proof", proof_id=proof.id))
    if do in ("offer", "offer-duty"):
        swaps.offer(
            queries.shift(number),
            member_id,
            duty=do == "offer-duty",
            note=request.form.get("note", ""),
            actor=actor,
            now=now,
        )
        flash(_("已经告诉队友。有人接手以前，这一班还是你的。"), "ok")
    elif do == "take":
        swaps.take(queries.swap(number), member_id, actor=actor, now=now)
        flash(_("接好了，这一班归你。签到码在“我的报名”里。"), "ok")
    elif do == "withdraw":
        swaps.withdraw(queries.swap(number), member_id, actor=actor, now=now)
        flash(_("撤回了，这一班还是你的。"), "ok")
    else:
        abort(400)
    return go(url_for("chapters.my_volunteer"))


@site.route("/my/volunteer/profile", methods=["GET", "POST"])
def volunteer_profile() -> ResponseReturnValue:
    """Tell all of one's teams what one can do, when, and whom to call."""
    member_id = _member_id()
    row, form = queries.volunteer(member_id), ProfileForm()
    if not form.is_submitted() and row:
        form.skills.data, form.free_when.data, form.emergency.data = row.skills, row.free_when, teams.emergency_of(row)
    if form.accepted():
        teams.tell_of_oneself(
            member_id, skills=form.skills.data or "", free_when=form.free_when.data or "", emergency=form.emergency.data or "",
            now=clock.now(),
        )  # fmt: skip
        flash(_("存好了。"), "ok")
        return go(url_for("chapters.my_volunteer"))
    return render_template("chapters/volunteers/profile.html", form=form), 422 if form.is_submitted() else 200


@site.route("/my/volunteer/report", methods=["GET", "POST"])
def report_hours() -> ResponseReturnValue:
    """Report service that nobody scanned; a leader confirms it."""
    member_id, now = _member_id(), clock.now()
    inside = [row.team for row in queries.my_teams(member_id) if row.state == Standing.IN]
    if not inside or not limits.may_report():
        raise NotFound(_("现在不能补报工时：要先是志愿队队员，而且本站开放了补报。"))
    form, status = ReportForm(), 200
    form.team_id.choices = form_choices((team.id, team.name) for team in inside)
    if form.accepted():
        try:
            team = next(team for team in inside if team.id == form.team_id.data)
            hours.report(
                team, member_id, begins_at=form.begins_at.data or now, minutes=form.minutes.data or 0, note=form.note.data or "",
                actor=current_actor(), now=now,
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = 422
        else:
            flash(_("补报收到了，领队确认后才计入。"), "ok")
            return go(url_for("chapters.my_volunteer"))
    elif form.is_submitted():
        status = 422
    return render_template("chapters/volunteers/report.html", form=form, limits=limits), status
