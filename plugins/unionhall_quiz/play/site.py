"""Pages of the quiz: what there is today, one round, answering it, its result."""

from __future__ import annotations

from datetime import date, datetime

from flask import abort, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    PageView,
    RuleBroken,
    client_address,
    clock,
    current_actor,
    current_member,
    current_member_id,
    fail,
    go,
    never_cache,
    session,
    shared,
)
from unionhall_quiz.blueprints import site
from unionhall_quiz.play import asking, attempts, calendar, labels, pages, queries, reminding, shown
from unionhall_quiz.play.days import day_of
from unionhall_quiz.play.models import Attempt, AttemptState, Round
from unionhall_rewards.api import draw_view, odds_panel, why_not_in_draw

ENDED = 6
site.add_app_template_global(labels.kind, "quiz_kind")
site.add_app_template_global(labels.weekday, "quiz_weekday")
site.add_app_template_global(labels.next_day, "quiz_next")


@site.get("/")
@shared()
def rounds() -> ResponseReturnValue:
    """Show the rounds that go on, those open now first, and what has ended lately."""
    now = clock.now()
    going, over = shown.rows(queries.running(), now), shown.rows(queries.ended(ENDED), now)
    going.sort(key=lambda row: (not row.standing.open, row.standing.next is None))
    return render_template("quiz/play/rounds.html", going=going, over=over)


@site.get("/<slug>/")
@shared()
def round(slug: str) -> ResponseReturnValue:
    """Show a round to everybody: when, how many questions, what can be won; no question of it."""
    found, now = queries.by_slug(slug), clock.now()
    row = shown.rows([found], now)[0]
    draw = draw_view(found.draw_id, now) if found.draw_id else None
    odds = odds_panel(draw.id) if draw else ""
    view = PageView(pages.KIND, found.id, found.org_id)
    return render_template("quiz/play/round.html", row=row, round=found, draw=draw, odds=odds, page_view=view)


@site.get("/<slug>/today")
def today(slug: str) -> ResponseReturnValue:
    """Show a member where they are today: before the start, answering, or on to the result."""
    never_cache()
    found, now = queries.by_slug(slug), clock.now()
    if not current_actor().known:
        abort(401)
    member = current_member()
    attempt = queries.present(found.id, member.id, now) if member else None
    if attempt is None:
        return _begin(found, now)
    if not attempts.over(attempt, now):
        return _play(attempt, asking.fields(attempt.order, attempt.paper.questions, attempt.chosen), now)
    return go(_result_url(attempt))


def _begin(found: Round, now: datetime, problem: str = "") -> str:
    member = current_member()
    return render_template(
        "quiz/play/begin.html", round=found, member=member, problem=problem, stands=shown.stands(found, now),
        invited=member is not None and attempts.may(found, member.id),
        reminded=member is not None and queries.reminded(found.id, member.id),
        lot_why=why_not_in_draw(found.draw_id, member.id) if member and found.draw_id else "",
    )  # fmt: skip


def _play(attempt: Attempt, typed: asking.Typed, now: datetime, *, lacking: list[int] | None = None) -> str:
    found = attempt.paper.round
    rest, _until = calendar.left(attempt.due_at, now)
    return render_template(
        "quiz/play/today.html", round=found, attempt=attempt, lacking=lacking or [], left=rest if calendar.limited(found, attempt) else "",
        items=asking.items(attempt.order, attempt.paper.questions, typed), until=calendar.hour(attempt.due_at, attempt.day),
    )  # fmt: skip


@site.post("/<slug>/start")
def start(slug: str) -> ResponseReturnValue:
    """Begin today's attempt, or find the one that was begun."""
    never_cache()
    found, now = queries.by_slug(slug), clock.now()
    if not current_actor().known:
        return go(f"/login?next={_today_url(found)}")
    member = current_member()
    if member is None:
        fail()
        return _begin(found, now), 403
    try:
        attempts.start(
            found, member.id, member.org_id, address=client_address(), agent=request.user_agent.string, now=now,
            calm=request.form.get("act") == "calm",
        )  # fmt: skip
    except RuleBroken as error:
        fail()
        session().rollback()
        return _begin(queries.by_slug(slug), now, str(error)), error.status
    return go(_today_url(found))


@site.post("/<slug>/today")
def submit(slug: str) -> ResponseReturnValue:
    """Hand in today's answers, or keep them for later; a second press finds the result that is there."""
    never_cache()
    now, attempt = clock.now(), _own(slug)
    if attempt is None:
        return go(f"/login?next={url_for('quiz.today', slug=slug)}")
    if attempt.state != AttemptState.OPEN:
        return go(_result_url(attempt))
    typed = request.form.to_dict(flat=False)
    chosen, act = asking.read(attempt.order, attempt.paper.questions, typed), request.form.get("act", "")
    if act == "keep":
        return _kept(attempt, chosen, now)
    lacking = attempts.unanswered(attempt, chosen)
    if lacking and act != "anyway" and attempts.keep(attempt, chosen, now=now):
        return _play(attempt, typed, now, lacking=lacking), 422
    try:
        attempt = attempts.submit(attempt, chosen, now=now)
    except RuleBroken as error:
        fail()
        flash(str(error), "warn")
    return go(_result_url(attempt))


def _kept(attempt: Attempt, chosen: attempts.Chosen, now: datetime) -> ResponseReturnValue:
    kept, script = attempts.keep(attempt, chosen, now=now), request.accept_mimetypes.best == "application/json"
    hour = clock.local(now).strftime("%H:%M")
    said = _("已存好 %(time)s", time=hour) if kept else _("答题时间已过，没有存。")
    if script:
        return jsonify(message=said), 200 if kept else 409
    flash(_("答案存好了，截止前随时可以接着答。") if kept else said, "ok" if kept else "warn")
    return go(_today_url(attempt.paper.round))


def _own(slug: str) -> Attempt | None:
    """Return the attempt that the form belongs to. None for somebody whose login ran out meanwhile: their answers are kept.

    Raises NotFound for a form of somebody else.
    """
    attempt = queries.by_nonce(slug, request.form.get("nonce", ""))
    if not current_actor().known:
        if attempt is not None and attempt.state == AttemptState.OPEN:
            given = request.form.to_dict(flat=False)
            attempts.keep(attempt, asking.read(attempt.order, attempt.paper.questions, given), now=clock.now())
            flash(_("登录过期了。答案已经存好，登录后接着答。"), "warn")
        return None
    if attempt is None or attempt.member_id is None or attempt.member_id != current_member_id():
        raise NotFound()
    return attempt


@site.get("/<slug>/days/<day>")
def result(slug: str, day: str) -> ResponseReturnValue:
    """Show what came of a day's attempt, to its member."""
    never_cache()
    found, on, now = queries.by_slug(slug), day_of(day), clock.now()
    attempt = own_attempt(found, on, request.args.get("try", ""))
    if attempt is None:
        raise NotFound()
    if not attempts.over(attempt, now):
        return go(_today_url(found))
    return render_template(
        "quiz/play/result.html", result=shown.result(attempt, now), round=found, attempt=attempt, said=shown.said,
        stands=shown.stands(found, now), reminded=queries.reminded(found.id, attempt.member_id or 0),
    )  # fmt: skip


@site.post("/<slug>/remind")
def remind(slug: str) -> ResponseReturnValue:
    """Ask to hear when a round opens, or not to any more."""
    never_cache()
    found, member = queries.by_slug(slug), current_member()
    if not current_actor().known:
        abort(401)
    if member is None:
        raise NotFound()
    wanted = request.form.get("act") != "stop"
    reminding.choose(found, member.id, wanted, now=clock.now())
    flash(_("好，开始答题时通知你。") if wanted else _("以后不再提醒。"), "ok")
    return go(_today_url(found))


def own_attempt(found: Round, day: date, number: str = "") -> Attempt | None:
    """Return the last attempt of a day, or its n-th, of the member who is logged in; nobody logged in is asked to log in."""
    if not current_actor().known:
        abort(401)
    member = current_member()
    nth = int(number) if number.isascii() and number.isdecimal() and len(number) == 1 else None
    return queries.attempt_of(found.id, member.id, day, nth) if member else None


def _today_url(found: Round) -> str:
    return url_for("quiz.today", slug=found.slug)


def _result_url(attempt: Attempt) -> str:
    found = attempt.paper.round
    url = url_for("quiz.result", slug=found.slug, day=attempt.day.isoformat())
    return f"{url}?try={attempt.number}" if found.tries > 1 else url

