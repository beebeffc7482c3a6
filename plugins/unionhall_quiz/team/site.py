"""Pages of playing together: a round's unions and stars for everybody, one's own streaks and stars for oneself."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    Org,
    PageView,
    RuleBroken,
    clock,
    current_actor,
    current_member,
    fail,
    go,
    member_unions,
    never_cache,
    orgs_above,
    orgs_by_ids,
    shared,
    tag_page,
)
from unionhall_quiz.blueprints import site
from unionhall_quiz.play import pages as play_pages
from unionhall_quiz.play import queries as play
from unionhall_quiz.team import labels, pages, queries, services
from unionhall_quiz.team.models import Month

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
RECENT = timedelta(days=62)
site.add_app_template_global(labels.month, "quiz_month")


@site.get("/<slug>/ranking")
@shared("month", "org")
def ranking(slug: str) -> ResponseReturnValue:
    """Show the unions of a round by share, and the stars, of the newest month that was counted or of one that is asked for."""
    found = play.by_slug(slug)
    tag_page(pages.tag(found.id), pages.NAMES, play_pages.tag(found.id))
    kept, asked = queries.months(found.id), request.args.get("month", "")
    month = next((row for row in kept if not asked or row.month == asked), None)
    if asked and (not MONTH.fullmatch(asked) or month is None):
        raise NotFound()
    top = queries.base(found)
    org = _org(request.args.get("org", ""), top) or (queries.foremost(found, month.month, top) if month else top)
    return render_template(
        "quiz/team/ranking.html", round=found, months=kept, month=month, org=org, top=top,
        above=[each for each in orgs_above(org) if each.path.startswith(top.path)], small=queries.SMALL,
        teams=queries.teams(found, month.month, org) if month else [], stars=queries.stars(found, month) if month else [],
        last=_last(month), page_view=PageView(play_pages.KIND, found.id, found.org_id),
    )  # fmt: skip


def _last(month: Month | None) -> date | None:
    return month.until - timedelta(days=1) if month else None


def _org(asked: str, top: Org) -> Org | None:
    if not asked:
        return None
    found = orgs_by_ids([int(asked)]).get(int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    if found is None or not found.path.startswith(top.path):
        raise NotFound()
    return found


@site.get("/together")
def together() -> ResponseReturnValue:
    """Show a member their streaks, stars and unions, and how they are named to others."""
    return _mine()


def _mine(problem: str = "") -> str:
    never_cache()
    if not current_actor().known:
        abort(401)
    member, now = current_member(), clock.now()
    rows, choice = [], ""
    if member is not None:
        found = play.by_ids(queries.answered(member.id, clock.local_day(now) - RECENT))
        union = next((row.org.path for row in member_unions(member.id) if row.is_primary), "")
        rows = [queries.mine(each, member.id, union, now) for each in found.values() if each.public]
        choice = queries.naming(member.id)
    return render_template("quiz/team/together.html", member=member, rows=rows, choice=choice, namings=labels.NAMINGS, problem=problem)


@site.post("/together")
def choose_naming() -> ResponseReturnValue:
    """Keep how a member wishes to be named."""
    if not current_actor().known:
        abort(401)
    member = current_member()
    if member is None:
        raise NotFound()
    try:
        services.choose_naming(member.id, request.form.get("choice", ""), now=clock.now())
    except RuleBroken as error:
        fail()
        return _mine(str(error)), error.status
    flash(_("记下了，榜上马上按这个写。"), "ok")
    return go(url_for("quiz.together"))
