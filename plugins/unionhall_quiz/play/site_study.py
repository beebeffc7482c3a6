"""Learning: a day's questions once more, for study only, and what one answered wrong."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.plugin import NotFound, clock, current_actor, current_member, never_cache
from unionhall_quiz.blueprints import site
from unionhall_quiz.play import asking, calendar, papers, queries, shown
from unionhall_quiz.play.days import day_of
from unionhall_quiz.play.models import AttemptState, Round


@site.route("/<slug>/study", methods=["GET", "POST"])
def study(slug: str) -> ResponseReturnValue:
    """Let somebody try a day's questions again; nothing is stored and nothing can be won.

    Only once their own attempt is over, or nobody can be answering that day any more.
    """
    never_cache()
    if not current_actor().known:
        abort(401)
    found, now, member = queries.by_slug(slug), clock.now(), current_member()
    day = day_of(request.args.get("day", "") or clock.local_day(now).isoformat())
    if member is None:
        raise NotFound()
    attempt, paper = queries.attempt_of(found.id, member.id, day), queries.paper(found.id, day)
    done = attempt is not None and attempt.state != AttemptState.OPEN
    if paper is None or not (done or calendar.is_over(found, day, now)):
        return render_template("quiz/play/study_closed.html", round=found, day=day), 404 if paper is None else 403
    order = attempt.order if attempt else papers.order(found, paper, member.id)
    typed = request.form.to_dict(flat=False) if request.method == "POST" else {}
    return render_template(
        "quiz/play/study.html", round=found, day=day, items=asking.items(order, paper.questions, typed),
        answers=_answers(found, paper.questions, order, typed) if typed else [], said=shown.said,
        given=asking.read(order, paper.questions, typed) if typed else {},
    )  # fmt: skip


def _answers(found: Round, questions: list[papers.Frozen], order: list[list[object]], typed: asking.Typed) -> list[shown.Answer]:
    by_id = {question["id"]: question for question in questions}
    asked = [by_id[number] for number, _keys in order if number in by_id]
    return shown.answers(asked, asking.read(order, questions, typed))


@site.get("/mistakes")
def mistakes() -> ResponseReturnValue:
    """Show a member what they answered wrong and not right since, with why."""
    never_cache()
    if not current_actor().known:
        abort(401)
    member = current_member()
    rows = shown.mistakes(member.id) if member else []
    return render_template("quiz/play/mistakes.html", member=member, rows=rows, said=shown.said)
