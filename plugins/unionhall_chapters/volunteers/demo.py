"""The demo's volunteers, invented: three teams of the first chapter, two months of service, what is next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from unionhall.plugin import SYSTEM, Enrolment, applicant_of, clock, enrol, member_view, members_at, session, unscoped
from unionhall_chapters.models import OPEN, Chapter
from unionhall_chapters.volunteers import hours, queries, shifts, statements, swaps, teams
from unionhall_chapters.volunteers.models import Shift, Standing, Team
from unionhall_chapters.volunteers.shifts import ShiftFields
from unionhall_chapters.volunteers.teams import TeamFields

AGREEMENT = "守时，来不了提前 12 小时取消或者让给队友。\n穿队服，听领队安排，注意自己的安全。\n不收钱物，不把服务对象的照片发到网上。"
TEAMS = (
    (TeamFields("文明引导队", "civility", "早晚高峰在地铁口和公交站引导排队、帮老人提行李。", "会说方言更好", "红马甲、小旗", AGREEMENT),
     "东津站文明引导", "地铁东津站 B 口", (5,), time(7, 30), time(9, 30)),
    (TeamFields("垃圾分类队", "waste", "周末在小区投放点教邻居分类。", "", "手套、夹子", AGREEMENT),
     "同心苑分类督导", "同心苑 3 号投放点", (6,), time(18, 30), time(20, 0)),
    (TeamFields("敬老助老队", "elder", "陪独居老人说话、量血压、教用手机。", "急救证、耐心", "血压计", AGREEMENT),
     "同心社区陪伴", "同心社区活动室", (2,), time(14, 0), time(16, 0)),
)  # fmt: skip
WEEKS_BACK, WEEKS_AHEAD, SIZE = 6, 3, 12


def load(now: datetime) -> None:
    """Fill the first chapter that is at work; nothing without one, or without members."""
    found = select(Chapter).where(Chapter.state.in_([state.value for state in OPEN])).order_by(Chapter.id).limit(1)
    chapter = session().scalar(unscoped(found, why="demo"))
    people = members_at(chapter.org_id, 3 * SIZE) if chapter else []
    if chapter is None or len(people) < 4:
        return
    for number, row in enumerate(TEAMS):
        _team(chapter, row, people[number * SIZE :][:SIZE] or people[:SIZE], now)


def _team(
    chapter: Chapter,
    row: tuple[TeamFields, str, str, tuple[int, ...], time, time],
    people: Sequence[int],
    now: datetime,
) -> None:
    fields, title, place, weekdays, begins, ends = row
    since = now - timedelta(weeks=WEEKS_BACK, days=3)
    team = teams.found_team(chapter, fields, actor=SYSTEM, now=since)
    for at, member_id in enumerate(people):
        asked = teams.ask(
            team, member_id, agreed=True, note="周末有空", actor=SYSTEM, now=since if at < len(people) - 1 else now
        )
        if at < len(people) - 1:
            teams.decide(chapter, asked, yes=True, actor=SYSTEM, now=since)
            teams.lead(chapter, asked, leads=at == 0, actor=SYSTEM, now=since)
    inside = [item.member_id for item in queries.people([team.id], Standing.IN)]
    today = clock.local_day(now)
    first = today - timedelta(weeks=WEEKS_BACK)
    plan = ShiftFields(
        title, first, begins, ends, place, places=8, least=3, duty_id=inside[0],
        until=today + timedelta(weeks=WEEKS_AHEAD), weekdays=weekdays,
    )  # fmt: skip
    made = shifts.plan(chapter, team, plan, actor=SYSTEM, now=since)
    over = [shift for shift in made if shift.ends_at + timedelta(hours=3) < now]
    for number, shift in enumerate(over):
        _past(shift, inside, number)
    coming = [shift for shift in made if shift.starts_at > now]
    for shift in coming[:2]:
        _sign_up(shift, inside[:5], now, came=False)
    if coming:
        swaps.offer(coming[0], inside[2], note="那天要去医院复查", actor=SYSTEM, now=now)
    _own(chapter, team, inside, today, now)


def _past(shift: Shift, people: Sequence[int], number: int) -> None:
    crew = [people[(number + at) % len(people)] for at in range(min(5, len(people)))]
    _sign_up(shift, crew, shift.starts_at - timedelta(days=2), came=True)
    hours.settle(shift, now=shift.ends_at + timedelta(hours=2))


def _sign_up(shift: Shift, people: Sequence[int], at: datetime, *, came: bool) -> None:
    rows = []
    for place, member_id in enumerate(people):
        member = member_view(member_id)
        if member is not None:
            here = came and place != len(people) - 1
            rows.append(
                Enrolment(
                    applicant_of(member), at, checked_in_at=shift.starts_at - timedelta(minutes=5 - place) if here else None,
                    checked_out_at=shift.ends_at + timedelta(minutes=place) if here and place else None,
                )
            )  # fmt: skip
    enrol(queries.sheet(shift), rows, actor=SYSTEM, now=at)


def _own(chapter: Chapter, team: Team, people: Sequence[int], today: date, now: datetime) -> None:
    """One report of somebody's own waits; somebody has asked for this year's statement."""
    begins = clock.from_local(datetime.combine(today - timedelta(days=2), time(9)))
    hours.report(team, people[1], begins_at=begins, minutes=90, note="帮同心社区王奶奶搬家", actor=SYSTEM, now=now)
    if queries.total(people[1], queries.this_year(now), chapter.id)[0]:
        statements.issue(chapter, people[1], queries.this_year(now), actor=SYSTEM, now=now)
