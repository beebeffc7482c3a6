"""The quiz on other pages: on /my/ what is still to be answered, on the desk's dashboard what is short of questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from unionhall.plugin import Actor, Card, Person, can, clock, current_member, member_unions, scoped, session
from unionhall_quiz import rights
from unionhall_quiz.play import calendar, looking, papers, queries, rounds
from unionhall_quiz.play.models import Round, RoundState

AT_DESK = 8


def mine(person: Person, now: datetime) -> Iterator[Card]:
    """Yield the card with today's rounds that one has not answered yet, and how many days running one has."""
    member = current_member()
    if member is None or person.member_id != member.id:
        return
    today, paths = clock.local_day(now), [row.org.path for row in member_unions(member.id)]
    going = [
        each for each in queries.running()
        if calendar.open_day(each, now) and any(path.startswith(each.audience_path) for path in paths)
    ]  # fmt: skip
    done = queries.days_done(member.id, today - timedelta(days=calendar.FAR)) if going else []
    if not going:
        return
    answered = {round_id for round_id, day in done if day == today}
    rows = [(each, each.id in answered, calendar.standing(each, now)) for each in going]
    streak = calendar.streak({day for _round, day in done}, today)
    yield Card(Markup(render_template("quiz/play/my_card.html", rows=rows, streak=streak)), "main", 30)


def dashboard(actor: Actor, scope: str, now: datetime) -> Iterator[Card]:
    """Yield the card of papers that come out short and of attempts that wait to be looked at."""
    if not can(actor, rights.READ, None):
        return
    wanted = scoped(select(Round).where(Round.state == RoundState.RUNNING), Round, actor, rights.READ, scope)
    going = list(session().scalars(wanted.order_by(Round.id).limit(50)))
    if not going:
        return
    short = papers.short(going, now)[:AT_DESK]
    managed = [each.id for each in going if can(actor, rights.MANAGE, each.org)]
    waiting = looking.waiting(managed, now - timedelta(days=7)) if managed else {}
    if short or waiting:
        names = {topic.id: topic.name for each in short for topic in rounds.topics(each.round.org.path)}
        lines = [(each, waiting[each.id]) for each in going if each.id in waiting][:AT_DESK]
        yield Card(Markup(render_template("quiz/play/desk_card.html", short=short, names=names, waiting=lines)), "main", 35)
