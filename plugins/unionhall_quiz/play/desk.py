"""The desk's rounds: the list, one round with its days to come and behind, making, changing, starting and ending it."""

from __future__ import annotations

from datetime import datetime

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Conflict,
    NotFound,
    Org,
    Pager,
    RuleBroken,
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_org,
    desk_scope,
    export_url,
    fail,
    go,
    needs,
    orgs_by_ids,
    orgs_where,
    page_number,
    session,
)
from unionhall_quiz import rights
from unionhall_quiz.bank import choosing
from unionhall_quiz.blueprints import desk
from unionhall_quiz.play import calendar, chances, labels, looking, papers, queries, rounds
from unionhall_quiz.play.days import day_of
from unionhall_quiz.play.forms import RoundForm, WordsForm
from unionhall_quiz.play.models import Round, RoundState
from unionhall_rewards.api import draw_choices, draw_view

PREVIEW, PAST = 8, 30


@desk.get("/rounds/")
@needs(rights.READ)
def rounds_list() -> ResponseReturnValue:
    """List the rounds in the scope."""
    actor, page, now = current_actor(), page_number(), clock.now()
    words, state = request.args.get("q", "").strip()[:80], request.args.get("state", "")
    rows, total = queries.listed(actor, desk_scope(actor), words=words, state=state, page=page)
    ids = [row.id for row in rows]
    going = [row for row in rows if row.state == RoundState.RUNNING]
    return render_template(
        "quiz/play/desk_rounds.html", rows=rows, total=total, pager=Pager(page, total, queries.SIZE), words=words, state=state,
        states=labels.STATES, rhythm=labels.rhythm, done=queries.handed_in(ids, clock.local_day(now)), waiting=looking.waiting(ids, now),
        standing={row.id: calendar.standing(row, now, ended=row.state != RoundState.RUNNING) for row in rows},
        may_manage=can(actor, rights.MANAGE), short={each.round.id for each in papers.short(going, now)},
    )  # fmt: skip


@desk.route("/rounds/new", methods=["GET", "POST"])
@needs(rights.MANAGE)
def new_round() -> ResponseReturnValue:
    """Make a round; it starts when somebody starts it."""
    actor, form, now = current_actor(), RoundForm(), clock.now()
    orgs = orgs_where(actor, rights.MANAGE)
    known = {org.id: org for org in orgs}
    org = known.get(form.org_id.data or 0) or known.get(desk_org(actor)) or orgs[0]
    _offer(form, orgs, org, now)
    form.offer_draws(_draws(org, now))
    if not form.is_submitted():
        form.org_id.data, form.since.data = org.id, clock.local_day(now)
    if form.accepted():
        try:
            made = rounds.create(org, form.plan(), actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("建好了。看看日历和题够不够，再点“开始”。"), "ok")
            return go(url_for("quiz_desk.round_page", round_id=made.id))
    page = render_template("quiz/play/desk_edit.html", round=None, form=form, org=org, many=len(orgs) > 1, frozen=False)
    return page, 422 if form.problems else 200


def _offer(form: RoundForm, orgs: list[Org], org: Org, now: datetime) -> None:
    below = [(each.path, each.name) for each in orgs_where(current_actor(), rights.MANAGE, below=org.path)][:200]
    usable = choosing.usable(org.path, clock.local_day(now))
    form.offer(orgs, rounds.topics(org.path), usable, below or [(org.path, org.name)])


def _draws(org: Org, now: datetime, kept: int | None = None) -> list[tuple[int, str]]:
    """Return the draws that may be chosen, and the one that is."""
    draws = list(draw_choices(current_actor(), org.path, now))
    if kept and kept not in {number for number, _title in draws}:
        view = draw_view(kept, now)
        draws.append((kept, view.title if view else _("现在的抽奖")))
    return draws


@desk.get("/rounds/<int:round_id>/")
@needs(rights.READ)
def round_page(round_id: int) -> ResponseReturnValue:
    """Show one round: its days to come with what is missing, and how its days went."""
    return _page(queries.managed(round_id, current_actor()))


def _page(found: Round) -> str:
    actor, now = current_actor(), clock.now()
    today = clock.local_day(now)
    days = list(calendar.days(found, today, PREVIEW)) if found.state != RoundState.ENDED else []
    kept, names = queries.papers(found.id, days), {topic.id: topic.name for topic in rounds.topics(found.org.path)}
    usable = choosing.usable(found.org.path, days[0] if days else today)
    enough = {topic: usable.get(topic, 0) // number for topic, number in papers.quota(found).items()}
    rows = [(day, kept.get(day), papers.missing(found, kept[day]) if day in kept else {}) for day in days]
    audience = next((org for org in orgs_by_ids([int(found.audience_path.strip("/").rpartition("/")[2] or 0)]).values()), None)
    return render_template(
        "quiz/play/desk_round.html", round=found, days=rows, names=names, enough=enough, usable=usable,
        turnout=queries.turnout(found.id, most=PAST), states=labels.STATES,
        rhythm=labels.rhythm(found), stands=calendar.standing(found, now, ended=found.state != RoundState.RUNNING),
        draw=draw_view(found.draw_id, now) if found.draw_id else None, may_manage=can(actor, rights.MANAGE, found.org),
        export=export_url("quiz.days", {"round": str(found.id)}),
        today=today, quota=papers.quota(found), audience=audience, owed=len(queries.owed(round_id=found.id)),
    )  # fmt: skip


@desk.route("/rounds/<int:round_id>/edit", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_round(round_id: int) -> ResponseReturnValue:
    """Change a round; once it has started, only its words and its draw."""
    found, now, status = queries.managed(round_id, current_actor(), rights.MANAGE), clock.now(), 200
    frozen = found.state != RoundState.DRAFT
    form: WordsForm = WordsForm() if frozen else RoundForm()
    form.offer_draws(_draws(found.org, now, found.draw_id))
    if isinstance(form, RoundForm):
        _offer(form, [found.org], found.org, now)
    if not form.is_submitted():
        form.show(found)
    elif form.accepted():
        plan = form.plan() if isinstance(form, RoundForm) else form.plan_of(found)
        try:
            rounds.change(found, plan, version=form.number, actor=current_actor(), now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(round_id, current_actor(), rights.MANAGE), error.status
            if isinstance(error, Conflict):
                form.version.data = str(found.version)
        else:
            flash(_("改好了。"), "ok")
            return go(url_for("quiz_desk.round_page", round_id=round_id))
    page = render_template("quiz/play/desk_edit.html", round=found, form=form, org=found.org, many=False, frozen=frozen)
    return page, status if status != 200 else (422 if form.problems else 200)


@desk.post("/rounds/<int:round_id>/move")
@needs(rights.MANAGE)
def move_round(round_id: int) -> ResponseReturnValue:
    """Start or end a round, or remove one that was never started."""
    found, actor, now = queries.managed(round_id, current_actor(), rights.MANAGE), current_actor(), clock.now()
    act = request.form.get("act", "")
    acts = {"start": (rounds.start, _("开始了。到时间会员就能答题。")), "end": (rounds.end, _("结束了。正在答的人还能交。")),
            "remove": (rounds.remove, _("删掉了。"))}  # fmt: skip
    if act not in acts:
        raise NotFound()
    do, said = acts[act]
    try:
        do(found, actor=actor, now=now)
    except RuleBroken as error:
        fail()
        flash(str(error), "bad")
        return go(url_for("quiz_desk.round_page", round_id=round_id))
    flash(said, "ok")
    return go(url_for("quiz_desk.rounds_list") if act == "remove" else url_for("quiz_desk.round_page", round_id=round_id))


@desk.post("/rounds/<int:round_id>/chances")
@needs(rights.MANAGE)
def give_chances(round_id: int) -> ResponseReturnValue:
    """Give the chances of a day that the draw did not take before."""
    found, day = queries.managed(round_id, current_actor(), rights.MANAGE), day_of(request.form.get("day", ""))
    given, left = chances.grant(found, day, actor=current_actor(), now=clock.now())
    flash(_("补发了 %(given)s 次抽奖机会，还有 %(left)s 次抽奖那边没有收。", given=given, left=left), "ok" if not left else "warn")
    return go(url_for("quiz_desk.day_page", round_id=round_id, day=day.isoformat()))
