"""The desk's figures of a round."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Pager,
    UnionHallError,
    chart_buckets,
    clock,
    current_actor,
    desk_scope,
    export_url,
    fail,
    go,
    needs,
    never_cache,
    org_by_path,
    page_number,
    session,
)
from unionhall_quiz import rights
from unionhall_quiz.blueprints import desk
from unionhall_quiz.figures import labels, queries, services
from unionhall_quiz.play.models import Round
from unionhall_quiz.team import queries as team
from unionhall_quiz.team.labels import band as age_band


@desk.get("/figures/")
@needs(rights.READ)
def figures() -> ResponseReturnValue:
    """Show how a round goes: the newest one, unless another is asked for."""
    actor = current_actor()
    rows, asked = queries.rounds(actor, desk_scope(actor)), request.args.get("round", "")
    if asked and not (asked.isdecimal() and len(asked) < 10):
        abort(404)
    found = queries.round_of(int(asked), actor) if asked else next(iter(rows), None)
    return _page(rows, found)


def _page(rows: list[Round], found: Round | None, problem: str = "") -> str:
    never_cache()
    shown: dict[str, object] = {"rounds": rows, "round": found, "problem": problem}
    if found is not None:
        since, until = queries.span(found, clock.local_day(clock.now()))
        org = org_by_path(desk_scope(current_actor())) or found.org
        month = next(iter(team.months(found.id)), None)
        answered = chart_buckets(queries.days(found.id, since, until), since, until)
        chart = answered.chart(label=labels.told(answered)) if answered.most else None
        shown |= {
            "since": since, "last": until - timedelta(days=1), "totals": queries.totals(found.id, since, until), "answered": answered,
            "chart": chart, "org": org,
            "shares": queries.shares(found, org, since, until), "topics": queries.topics(found.id, since, until),
            "wrong": queries.wrong(found.id, since, until), "small": queries.SMALL, "titles": labels.TITLES,
            "export": export_url("quiz.topics", {"round": str(found.id)}), "month": month,
            "ages": [(age_band(band), people) for band, people in team.ages(found.id, month.month)] if month else [],
            "export_ages": export_url("quiz.ages", {"round": str(found.id)}),
            "export_teams": export_url("quiz.teams", {"round": str(found.id)}),
        }  # fmt: skip
    return render_template("quiz/figures/desk.html", **shown)


@desk.get("/figures/rows")
@needs(rights.READ)
def figure_rows() -> ResponseReturnValue:
    """Show the days behind the report's figures: how many members of the scope answered on each, in which round."""
    never_cache()
    actor, page = current_actor(), page_number()
    scope, (since, until) = desk_scope(actor), queries.asked_span(request.args, clock.local_day(clock.now()))
    lines, total = queries.day_lines(actor, scope, since, until, page=page)
    last, org = until - timedelta(days=1), org_by_path(scope)
    return render_template(
        "quiz/figures/rows.html", lines=lines, total=total, pager=Pager(page, total, queries.SIZE), since=since, last=last, org=org,
        totals=queries.in_reach(actor, scope, since, until),
        open={row.id for row in queries.rounds(actor, scope)},
        export=export_url("quiz.taking_part", {"since": since.isoformat(), "until": last.isoformat()}),
    )  # fmt: skip


@desk.post("/figures/<int:round_id>/ideas/<int:topic_id>")
@needs(rights.READ)
def tell_editors(round_id: int, topic_id: int) -> ResponseReturnValue:
    """Tell the editors of a topic that members get wrong."""
    actor, found = current_actor(), queries.round_of(round_id, current_actor())
    try:
        number = services.tell_editors(found, topic_id, actor=actor, now=clock.now())
    except UnionHallError as error:
        fail()
        session().rollback()
        found = queries.round_of(round_id, actor)
        return _page(queries.rounds(actor, desk_scope(actor)), found, str(error)), error.status
    flash(_("告诉编辑部了，%(n)s 个人收到了通知。", n=number), "ok")
    return go(url_for("quiz_desk.figures", round=round_id))
