"""Rounds: drafted, started, ended. What members rely on (days, questions, pass mark) is frozen once a round has started."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.plugin import (
    Actor,
    Conflict,
    Org,
    RuleBroken,
    clock,
    record_audit,
    require,
    session,
    slugify,
    tidy,
    unscoped,
)
from unionhall_quiz import rights
from unionhall_quiz.bank import choosing
from unionhall_quiz.bank.models import Topic
from unionhall_quiz.play import calendar, pages, queries
from unionhall_quiz.play.models import Attempt, Calendar, Paper, Reminder, Round, RoundState
from unionhall_rewards.api import draw_choices

MOST_QUESTIONS = 20
LOOSE = ("title", "intro", "draw_id")
"""What may change after the start: words, and which draw the coming days give a chance in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an editor sets of a round; `opens` and `closes` in minutes of the day, `quota` {topic id: questions}."""

    title: str
    calendar: str
    since: date
    quota: dict[int, int] = field(default_factory=dict)
    until: date | None = None
    month_day: int | None = None
    opens: int = 360
    closes: int = 1320
    own_papers: bool = False
    pass_percent: int = 60
    minutes: int | None = None
    tries: int = 1
    draw_id: int | None = None
    audience_path: str = "/"
    intro: str = ""


def topics(org_path: str) -> list[Topic]:
    """Return the topics that an org may use: its own and those of the orgs above, in their order."""
    ids = [int(part) for part in org_path.split("/") if part]
    wanted = select(Topic).where(Topic.org_id.in_(ids), Topic.active.is_(True)).order_by(Topic.position, Topic.id)
    return list(session().scalars(unscoped(wanted, why="an org and those above")))


def checked(plan: Plan, org: Org) -> None:
    """Raise RuleBroken for a plan that cannot work, naming the field."""
    if not tidy(plan.title):
        raise RuleBroken(_("还没有填名称。"), field="title")
    if plan.until and plan.until < plan.since:
        raise RuleBroken(_("最后一天早于第一天。"), field="until")
    if plan.calendar == Calendar.DATED and not plan.until:
        raise RuleBroken(_("一段日子的答题要有最后一天。"), field="until")
    if plan.calendar == Calendar.MEMBER_DAY and not plan.month_day:
        raise RuleBroken(_("请填每月几号是会员日（1 到 28）。"), field="month_day")
    if plan.closes <= plan.opens:
        raise RuleBroken(_("截止时间要晚于开始时间。要到半夜，请填 00:00，就是当天 24:00。"), field="closes")
    known, total = {topic.id for topic in topics(org.path)}, sum(plan.quota.values())
    if not total or set(plan.quota) - known:
        raise RuleBroken(_("至少给一个主题填上每天几道题。"), field="quota")
    if total > MOST_QUESTIONS:
        raise RuleBroken(_("一天一共 %(n)s 道题太多了，最多 %(most)s 道。", n=total, most=MOST_QUESTIONS), field="quota")
    if total * plan.tries > MOST_QUESTIONS * 2:
        raise RuleBroken(_("每次的题都不一样，一天要备 %(n)s 道，太多了。请少出几道，或者少给几次。", n=total * plan.tries), field="tries")
    if plan.audience_path != "/" and not plan.audience_path.startswith(org.path):
        raise RuleBroken(_("参加范围要选主办工会或它下面的工会。"), field="audience_path")


def _draw(draw_id: int | None, kept: int | None, org: Org, actor: Actor, now: datetime) -> None:
    if draw_id and draw_id != kept and draw_id not in {number for number, _title in draw_choices(actor, org.path, now)}:
        raise RuleBroken(_("这个抽奖已经结束，或者不归你们管。请重新选一个。"), field="draw_id")


def create(org: Org, plan: Plan, *, actor: Actor, now: datetime) -> Round:
    """Return a new round, not started yet. Raises RuleBroken, NotAllowed."""
    require(actor, rights.MANAGE, org)
    checked(plan, org)
    _draw(plan.draw_id, None, org, actor, now)
    made = Round(org_id=org.id, slug=_slug(plan.title), state=RoundState.DRAFT.value, version=1, created_by=actor.account_id)
    made.created_at = made.updated_at = now
    made.org = org
    _fill(made, plan)
    session().add(made)
    session().flush()
    record_audit("quiz.round_added", f"quiz_round:{made.id}", actor=actor, now=now, org_id=org.id)
    return made


def change(found: Round, plan: Plan, *, version: int, actor: Actor, now: datetime) -> None:
    """Change a round: all of it before its start, after that only LOOSE. Raises RuleBroken, Conflict, NotAllowed."""
    require(actor, rights.MANAGE, found.org)
    found = queries.lock(found.id)
    if found.version != version:
        raise Conflict(_("有人先保存过。请看看现在的内容，再改一次。"))
    if found.state == RoundState.ENDED:
        raise RuleBroken(_("已经结束的每日一答不能再改。"))
    _draw(plan.draw_id, found.draw_id, found.org, actor, now)
    drawn = plan.draw_id != found.draw_id
    if found.state == RoundState.DRAFT:
        checked(plan, found.org)
        _fill(found, plan)
        forget_unused(found)
    else:
        if not tidy(plan.title):
            raise RuleBroken(_("还没有填名称。"), field="title")
        _fill(found, plan, LOOSE)
    found.version, found.updated_at = found.version + 1, now
    session().flush()
    pages.changed(found, now=now)
    act = "quiz.round_draw" if drawn and found.state == RoundState.RUNNING else "quiz.round_changed"
    record_audit(act, f"quiz_round:{found.id}", actor=actor, now=now, org_id=found.org_id)


def forget_unused(found: Round) -> None:
    """Drop the papers of a round that was never begun: its plan may be another one now."""
    used = select(Attempt.paper_id).where(Attempt.round_id == found.id)
    gone = delete(Paper).where(Paper.round_id == found.id, Paper.id.not_in(used))
    session().execute(gone.execution_options(synchronize_session=False))


def start(found: Round, *, actor: Actor, now: datetime) -> None:
    """Start a round; doing it twice is doing it once. Raises RuleBroken when nothing could be asked, NotAllowed."""
    require(actor, rights.MANAGE, found.org)
    found = queries.lock(found.id)
    if found.state == RoundState.RUNNING:
        return
    if found.state == RoundState.ENDED:
        raise RuleBroken(_("已经结束的每日一答不能再开始。请另建一个。"))
    today = clock.local_day(now)
    first = next(calendar.days(found, today, 1), None)
    if first is None or (calendar.coming(found, now) is None and calendar.open_day(found, now) is None):
        raise RuleBroken(_("按这个日历，往后没有一天可以答题。请先改日期。"))
    able = choosing.usable(found.org.path, first)
    if not any(able.get(int(topic)) for topic, number in found.quota.items() if number):
        raise RuleBroken(_("选的主题里一道能用的题也没有。请先出题，由另一位同事审过，再开始。"))
    _move(found, RoundState.RUNNING, "quiz.round_started", actor, now)


def end(found: Round, *, actor: Actor, now: datetime) -> None:
    """End a round; who is answering may still hand in. Doing it twice is doing it once. Raises RuleBroken, NotAllowed."""
    require(actor, rights.MANAGE, found.org)
    found = queries.lock(found.id)
    if found.state == RoundState.ENDED:
        return
    if found.state == RoundState.DRAFT:
        raise RuleBroken(_("还没开始，不用结束。不要了可以删除。"))
    _move(found, RoundState.ENDED, "quiz.round_ended", actor, now)


def remove(found: Round, *, actor: Actor, now: datetime) -> None:
    """Remove a round that was never started. Raises RuleBroken, NotAllowed."""
    require(actor, rights.MANAGE, found.org)
    found = queries.lock(found.id)
    if found.state != RoundState.DRAFT:
        raise RuleBroken(_("已经开始过的每日一答要留作记录，不能删除，只能结束。"))
    record_audit("quiz.round_removed", f"quiz_round:{found.id}", actor=actor, now=now, org_id=found.org_id)
    for table in (Paper, Reminder):
        session().execute(delete(table).where(table.round_id == found.id).execution_options(synchronize_session=False))
    session().delete(found)
    session().flush()


def end_due(now: datetime) -> int:
    """End the rounds whose last day is over; returns how many (inside a unit of work)."""
    number = 0
    for found in queries.running():
        if found.until and calendar.is_over(found, found.until, now):
            found.state, found.updated_at, number = RoundState.ENDED.value, now, number + 1
            session().flush()
            pages.changed(found, now=now)
    return number


def _move(found: Round, state: RoundState, act: str, actor: Actor, now: datetime) -> None:
    before = found.state
    found.state, found.version, found.updated_at = state.value, found.version + 1, now
    session().flush()
    pages.changed(found, now=now)
    record_audit(act, f"quiz_round:{found.id}", actor=actor, now=now, org_id=found.org_id, before=before, after=state.value)


def _fill(found: Round, plan: Plan, names: tuple[str, ...] = ()) -> None:
    values: dict[str, Any] = asdict(plan) | {"title": tidy(plan.title), "intro": tidy(plan.intro, one_line=False)}
    values["quota"] = {str(topic): number for topic, number in plan.quota.items() if number > 0}
    if plan.calendar != Calendar.MEMBER_DAY:
        values["month_day"] = None
    for name in names or values:
        setattr(found, name, values[name])


def _slug(title: str) -> str:
    base = slugify(title, 50) or "quiz"
    wanted = select(Round.slug).where(Round.slug.like(f"{base}%"))
    taken = set(session().scalars(unscoped(wanted, why="addresses"))) | pages.RESERVED
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in taken)
