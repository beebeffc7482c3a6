"""The demo's rounds: one every day with the draw of the rewards if there is one, a member day, one that is over; attempts of some days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from unionhall.plugin import SYSTEM, Org, RosterLine, clock, demo_account, orgs_where, roster_lines, session
from unionhall_quiz import rights
from unionhall_quiz.play import attempts, calendar, papers, rounds
from unionhall_quiz.play.models import Attempt, AttemptState, Calendar, Round, RoundState
from unionhall_quiz.play.rounds import Plan
from unionhall_rewards.api import draw_choices, draw_view

PEOPLE, DAYS = 36, 10
Person = tuple[RosterLine, str]
INTRO = "每天几分钟，弄懂一件事：生态、安全、垃圾分类、工会政策。答完马上看解释，还能读到相关的文章。"


def load(now: datetime) -> None:
    """Add the rounds, when the bank's demo has made topics with questions."""
    found = sorted(orgs_where(SYSTEM, rights.MANAGE), key=lambda org: org.slug != "qinghe")
    topics = rounds.topics(found[0].path) if found else []
    if not topics:
        return
    org, today = found[0], clock.local_day(now)
    people = _people([row for row in found if row.path.startswith(org.path)])
    draw_id = _draw(org, now)
    quota = {topic.id: 1 for topic in topics[:3]}
    daily = _running(org, Plan(
        "每日一答", Calendar.DAILY, today - timedelta(days=DAYS), quota, intro=INTRO, draw_id=draw_id,
    ), now)  # fmt: skip
    _running(org, Plan(
        "会员日答题", Calendar.MEMBER_DAY, today.replace(day=1), {topic.id: 2 for topic in topics[:3]}, month_day=min(28, today.day + 3),
        minutes=20, intro="每月会员日一场，二十分钟，六道题。",
    ), now)  # fmt: skip
    over = _running(org, Plan(
        "安全生产月答题", Calendar.DATED, today - timedelta(days=40), quota, until=today - timedelta(days=36), intro="五天，每天三道题。",
    ), now)  # fmt: skip
    chance = Random(6)  # noqa: S311 - invented
    for made, days in ((daily, range(1, DAYS)), (over, range(36, 41))):
        for ago in days:
            _past(made, today - timedelta(days=ago), people, chance, now)
    over.state = RoundState.ENDED.value
    session().flush()


def _draw(root: Org, now: datetime) -> int | None:
    """Return a draw that tells at once, when the demo of the rewards has one that is open; else any."""
    views = [view for number, _title in draw_choices(SYSTEM, root.path, now) if (view := draw_view(number, now))]
    views.sort(key=lambda view: (view.algo != "UHI1", not view.takes, view.id))
    return views[0].id if views else None


def _people(orgs: Sequence[Org]) -> list[Person]:
    """Return activated members with the path of their union, the demo's own member first."""
    known, seen = demo_account("member"), dict[int, Person]()
    for org in orgs:
        seen |= {line.member_id: (line, org.path) for line in roster_lines(org.id) if line.account_id and line.is_primary}
    return sorted(seen.values(), key=lambda one: (one[0].account_id != known, one[0].member_id))[: PEOPLE * 2]


def _running(org: Org, plan: Plan, now: datetime) -> Round:
    made = rounds.create(org, plan, actor=SYSTEM, now=now)
    made.state = RoundState.RUNNING.value
    session().flush()
    return made


def _past(found: Round, day: date, people: Sequence[Person], chance: Random, now: datetime) -> None:
    """Let people have answered on a day, the demo's own member among them, most of it right."""
    paper = papers.paper_of(found, day, now=now)
    if paper is None:
        return
    crowd = [*people[:1], *chance.sample(list(people[1:]), min(len(people) - 1, chance.randint(PEOPLE - 14, PEOPLE)))] if people else []
    opens = calendar.window(found, day).opens_at
    for line, path in crowd:
        began = opens + timedelta(minutes=chance.randint(5, 900))
        order = papers.order(found, paper, line.member_id)
        made = Attempt(
            round_id=found.id, paper_id=paper.id, member_id=line.member_id, org_path=path, day=day,
            state=AttemptState.OPEN.value, nonce="", order=order, chosen={}, total=len(order), passed=False, began_at=began,
            due_at=calendar.due(found, calendar.window(found, day), began), flag="", looked_note="",
        )  # fmt: skip
        made.paper = paper
        session().add(made)
        session().flush()
        paper.round = found
        given = {str(question["id"]): _answer(question, chance) for question in attempts.shown(made)}
        kept, found.draw_id = found.draw_id, None
        attempts.submit(made, given, now=began + timedelta(seconds=chance.randint(4, 160)))
        found.draw_id = kept


def _answer(question: papers.Frozen, chance: Random) -> list[str]:
    if chance.random() < 0.75:
        return list(question["answer"])
    keys = [str(option["key"]) for option in question["options"]]
    return keys[:1] if question["kind"] != "order" else keys[::-1]
