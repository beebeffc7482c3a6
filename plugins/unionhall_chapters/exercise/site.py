"""Pages of the break-time exercise: the courses and rates for everybody, one's own teams and reminders, asking for a coach."""

from __future__ import annotations

import io
from datetime import timedelta

import segno
from flask import Response, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    PageView,
    UnionHallError,
    absolute,
    clock,
    current_actor,
    current_member,
    go,
    media_assets,
    never_cache,
    page_until,
    session,
    shared,
    tag_page,
)
from unionhall_chapters.blueprints import site
from unionhall_chapters.exercise import labels, queries, services
from unionhall_chapters.exercise.forms import CoachForm, LogForm, TeamForm
from unionhall_chapters.exercise.models import Slot

RECENT = timedelta(days=7)


@site.get("/exercise/")
@shared()
def exercise() -> ResponseReturnValue:
    """Show the courses, and how orgs practised in the last five working days."""
    tag_page(services.PAGE)
    today = clock.local_day(clock.now())
    page_until(clock.first_moment(today + timedelta(days=1)))
    courses = queries.shown()
    tag_page(*(f"chapters:course:{course.id}" for course in courses))
    assets = media_assets([picture for course in courses for picture in course.pictures])
    return render_template(
        "chapters/exercise/page.html", courses=courses, assets=assets, rates=queries.rates(queries.last_days(today), today),
        page_view=PageView("chapters.exercise"),
    )  # fmt: skip


@site.get("/exercise/poster")
@shared()
def exercise_poster() -> ResponseReturnValue:
    """Return a poster to print, with a code that leads to the courses."""
    tag_page(services.PAGE)
    return render_template("chapters/exercise/poster.html", courses=queries.shown(), link=absolute(url_for("chapters.exercise")))


@site.get("/exercise/qr.svg")
@shared()
def exercise_qr() -> ResponseReturnValue:
    """Return the address of the courses as a QR code."""
    drawn = io.BytesIO()
    segno.make(absolute(url_for("chapters.exercise")), error="m", micro=False).save(drawn, kind="svg", scale=6, border=2, xmldecl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@site.route("/exercise/mine", methods=["GET", "POST"])
def my_exercise() -> ResponseReturnValue:
    """Show one's teams and reminders; take what was done today, a new team, a wish to be reminded."""
    never_cache()
    actor, now = current_actor(), clock.now()
    if not actor.known:
        abort(401)
    act, member = request.form.get("act", ""), current_member()
    team_form = TeamForm(formdata=request.form if act == "team" else None)
    log_form = LogForm(formdata=request.form if act == "log" else None)
    if request.method == "POST":
        try:
            if act == "remind":
                services.remind(actor.account_id or 0, am=request.form.get("am") == "y", pm=request.form.get("pm") == "y")
                flash(_("记下了。工作日的 10:00 和 15:00 按你选的提醒。"), "ok")
                return go(url_for("chapters.my_exercise"))
            if member and (done := _done(act, team_form, log_form, member.id, member.org_id)):
                flash(done, "ok")
                return go(url_for("chapters.my_exercise"))
        except UnionHallError as error:
            (team_form if act == "team" else log_form).refuse(error)
            session().rollback()
            member = current_member()
    if not log_form.is_submitted() or act != "log":
        log_form.day.data = clock.local_day(now)
        log_form.slot.data = Slot.MORNING if clock.local(now).hour < services.NOON else Slot.AFTERNOON
    teams = queries.led_by(member.id) if member else []
    page = render_template(
        "chapters/exercise/mine.html", member=member, teams=teams, reminder=queries.reminder(actor.account_id or 0), act=act,
        logged=queries.logged([team.id for team in teams], clock.local_day(now) - RECENT), team_form=team_form, log_form=log_form,
        slots=labels.SLOTS, asked=request.form.get("team", ""),
    )  # fmt: skip
    return page, 422 if team_form.problems or log_form.problems else 200


def _done(act: str, team_form: TeamForm, log_form: LogForm, member_id: int, org_id: int) -> str:
    """Do what a form asks for; returns what to say, nothing when the form has errors."""
    actor, now = current_actor(), clock.now()
    if act == "team" and team_form.accepted():
        given = team_form.data
        services.add_team(given["name"], given["size"], member_id=member_id, org_id=org_id, actor=actor, now=now)
        return _("建好了。做完操回到这一页记一下。")
    if act == "log" and log_form.accepted():
        given, team = log_form.data, request.form.get("team", "")
        number = int(team) if team.isdecimal() and len(team) < 10 else 0
        fresh = services.log(number, given["day"], Slot(given["slot"]), given["people"], member_id=member_id, actor=actor, now=now)
        return _("记下了，今天做了。") if fresh else _("这一次之前已经记过，没有重复记。")
    return ""


@site.route("/exercise/coach", methods=["GET", "POST"])
def ask_coach() -> ResponseReturnValue:
    """Ask that a coach comes to one's workplace, and see what became of it."""
    never_cache()
    actor, member, form = current_actor(), current_member(), CoachForm()
    if not actor.known:
        abort(401)
    if member and form.accepted():
        try:
            given = form.data
            services.ask_coach(
                member.org_id, given["contact"], given["mobile"], given["people"], given["wish"] or "", member_id=member.id, actor=actor,
                now=clock.now(),
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("申请收到了，单位工会会答复你，答复也会发到通知里。"), "ok")
            return go(url_for("chapters.ask_coach"))
    if not form.is_submitted() and member:
        form.contact.data = member.name
    rows = queries.my_visits(actor.account_id or 0)
    page = render_template("chapters/exercise/coach.html", form=form, member=member, rows=rows, states=labels.VISITS)
    return page, 422 if form.problems else 200
