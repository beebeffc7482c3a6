"""The demo's activities: mornings in the park with their past, one day called off, a practice for beginners, a single walk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from unionhall.plugin import (
    SYSTEM,
    Applicant,
    Enrolment,
    applicant_of,
    clock,
    demo_account,
    enrol,
    member_view,
    roster_lines,
)
from unionhall_chapters import queries
from unionhall_chapters.activities import days, services, weekly
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.activities.queries import of_series
from unionhall_chapters.activities.rules import Plan
from unionhall_chapters.models import Chapter

CHAPTER = "taiji-xiehui"
WEEKS, PEOPLE, PLACES = 8, 26, 30
RISK = "晨练前请量力而行，有心脑血管疾病或膝伤的，先问过医生；练习中不舒服请马上停下来，告诉带队人。"


def load(now: datetime) -> None:
    """Add the activities of the chapter that practises tai chi, when the demo has it."""
    chapter = next((found for found in queries.listed_by_slug([CHAPTER]) if found.open), None)
    if chapter is None:
        return
    today = clock.local_day(now)
    first = today - timedelta(days=(today.isoweekday() - 2) % 7 + 7 * WEEKS)
    crowd = _crowd(chapter)
    mornings = services.create(chapter, Plan(
        "公园晨练太极", 390, 60, first, "锦城公园南门广场", "2", summary="二十四式，从站桩开始，迟到也有人带。",
        instructor="孙长林", places=PLACES, gear="软底鞋\n水杯\n薄外套", risk=RISK, insurance="本会已投保活动意外险，自己不用另买。",
        weather="早上 5:30 前看协会日历，下雨或空气差就取消。",
        intro="每周二早上，热身十分钟，套路三遍，收势后自由练习。\n第一次来，站在后排跟着做就行。",
    ), actor=SYSTEM, now=now, since=first)  # fmt: skip
    _past(mornings, crowd, now)
    coming = of_series(mornings.id, now)
    for who in crowd[:6]:
        if who.member_id:
            weekly.start(mornings, who.member_id, agreed=True, actor=SYSTEM, now=now)
    _sign_up(coming[:2], crowd[6:20], now)
    if len(coming) > 2:
        days.cancel(coming[2], "公园改造，当天封闭", actor=SYSTEM, now=now)
    services.create(chapter, Plan(
        "八段锦入门", 1140, 50, today, "职工文化宫二楼排练厅", "4", summary="零基础，六次学完一套。", level="beginner", reach="members",
        instructor="周明德", places=20, gear="宽松衣裤", cost_fen=1500, cost_note="六次的场地费，现场交给带队人", weather="室内，照常。",
    ), actor=SYSTEM, now=now)  # fmt: skip
    services.create(chapter, Plan(
        "湖边健步走", 480, 150, today + timedelta(days=16), "青山湖绿道东入口", summary="八公里，沿湖一圈，终点有茶水。",
        reach="public", places=80,
        gear="运动鞋\n遮阳帽", risk="全程约八公里，请按自己的体力走，中途可以提前离开。", weather="中雨以上改期。",
    ), actor=SYSTEM, now=now)  # fmt: skip


def _crowd(chapter: Chapter) -> list[Applicant]:
    """Return members of the chapter as people who come, those with an account, and the demo's own member first."""
    known = demo_account("member")
    lines = sorted(roster_lines(chapter.org_id), key=lambda line: (line.account_id != known, line.member_id))
    found = (member_view(line.member_id) for line in lines[:80])
    return [applicant_of(member) for member in found if member and member.account_id]


def _past(series: Series, crowd: Sequence[Applicant], now: datetime) -> None:
    """Let people have come to the days that are over: most of those who signed up, a few late."""
    chance = Random(17)  # noqa: S311 - invented
    for day in of_series(series.id, now, past=True):
        people = chance.sample(list(crowd), min(len(crowd), chance.randint(PEOPLE - 8, PEOPLE)))
        rows = [Enrolment(who, day.starts_at - timedelta(days=3), checked_in_at=_came(chance, day)) for who in people]
        enrol(day.sheet, rows, actor=SYSTEM, now=now)


def _came(chance: Random, day: Day) -> datetime | None:
    return None if chance.random() < 0.15 else day.starts_at + timedelta(minutes=chance.triangular(-15, 18, -4))


def _sign_up(found: Sequence[Day], crowd: Sequence[Applicant], now: datetime) -> None:
    for day in found:
        enrol(day.sheet, [Enrolment(who, now) for who in crowd], actor=SYSTEM, now=now)
