"""The desk's page of one day: how it went, question by question, what to look at; and the paper of a day to come."""

from __future__ import annotations

from datetime import date

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    RuleBroken,
    can,
    clock,
    current_actor,
    fail,
    go,
    member_names,
    needs,
    never_cache,
    record_audit,
)
from unionhall_quiz import rights
from unionhall_quiz.blueprints import desk
from unionhall_quiz.play import calendar, labels, looking, papers, queries, shown
from unionhall_quiz.play.days import day_of
from unionhall_quiz.play.forms import LookForm
from unionhall_quiz.play.models import Round


@desk.get("/rounds/<int:round_id>/days/<day>/")
@needs(rights.READ)
def day_page(round_id: int, day: str) -> ResponseReturnValue:
    """Show how a day went; who answered what only to those who may manage rounds, and only where something is to be looked at."""
    return _page(queries.managed(round_id, current_actor()), day_of(day), LookForm(formdata=None), 0)


def _page(found: Round, day: date, form: LookForm, about: int) -> str:
    never_cache()
    actor = current_actor()
    manages = can(actor, rights.MANAGE, found.org)
    paper, went = queries.paper(found.id, day), queries.turnout(found.id, since=day, until=day)
    flagged = queries.flagged(found.id, day) if manages else []
    return render_template(
        "quiz/play/desk_day.html", round=found, day=day, went=went[0] if went else None, paper=paper, manages=manages,
        questions=looking.day_questions(paper.questions, queries.tallies(found.id, day)) if paper and went else [], flagged=flagged,
        names=member_names([row.member_id for row in flagged if row.member_id]), flags=labels.flags, form=form, about=about,
        owed=len(queries.owed(round_id=found.id, day=day)), crowd=looking.CROWD, over=calendar.is_over(found, day, clock.now()),
    )  # fmt: skip


@desk.post("/attempts/<int:attempt_id>/look")
@needs(rights.MANAGE)
def look_at(attempt_id: int) -> ResponseReturnValue:
    """Keep what somebody found who looked at an attempt."""
    found, form = queries.attempt(attempt_id, current_actor(), rights.MANAGE), LookForm()
    if not form.accepted():
        return _page(found.paper.round, found.day, form, found.id), 422
    looking.looked(found, form.note.data or "", actor=current_actor(), now=clock.now())
    flash(_("记下了。答题结果没有变。"), "ok")
    return go(url_for("quiz_desk.day_page", round_id=found.round_id, day=found.day.isoformat()))


@desk.get("/rounds/<int:round_id>/papers/<day>/")
@needs(rights.MANAGE)
def paper_page(round_id: int, day: str) -> ResponseReturnValue:
    """Ask before a paper of a day to come is shown: that somebody looked is kept."""
    found, on = queries.managed(round_id, current_actor(), rights.MANAGE), day_of(day)
    return _paper(found, on, opened=calendar.is_over(found, on, clock.now()))


@desk.post("/rounds/<int:round_id>/papers/<day>/")
@needs(rights.MANAGE)
def look_at_paper(round_id: int, day: str) -> ResponseReturnValue:
    """Show a day's paper with its answers, and note who looked."""
    found, on = queries.managed(round_id, current_actor(), rights.MANAGE), day_of(day)
    about = {"day": on.isoformat()}
    record_audit("quiz.paper_looked", f"quiz_round:{found.id}", actor=current_actor(), now=clock.now(), org_id=found.org_id, **about)
    return _paper(found, on, opened=True)


def _paper(found: Round, day: date, *, opened: bool) -> str:
    never_cache()
    paper, now = queries.paper(found.id, day), clock.now()
    takes = calendar.takes_place(found, day)
    return render_template(
        "quiz/play/desk_paper.html", round=found, day=day, paper=paper, opened=opened, takes=takes, said=shown.said,
        answers=shown.answers(paper.questions, {}) if paper and opened else [],
        may_remake=takes and now < calendar.window(found, day).opens_at and not queries.begun(found.id, day),
    )  # fmt: skip


@desk.post("/rounds/<int:round_id>/papers/<day>/again")
@needs(rights.MANAGE)
def remake_paper(round_id: int, day: str) -> ResponseReturnValue:
    """Choose the questions of a day to come anew."""
    found, on = queries.managed(round_id, current_actor(), rights.MANAGE), day_of(day)
    try:
        made = papers.remake(found, on, actor=current_actor(), now=clock.now())
    except RuleBroken as error:
        fail()
        flash(str(error), "bad")
    else:
        said = _("重新出好了，共 %(n)s 道题。", n=len(made.questions)) if made else _("题库里没有能用的题，这一天还没有题。")
        flash(said, "ok" if made else "warn")
    return go(url_for("quiz_desk.paper_page", round_id=round_id, day=on.isoformat()))
