"""The demo's break-time exercise: a course with its steps, teams, and a week of what they logged."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from unionhall.plugin import SYSTEM, clock, member_view, orgs_by_ids, roster_lines, session, workdays
from unionhall_chapters import queries
from unionhall_chapters.exercise import services
from unionhall_chapters.exercise.models import Practice, Slot
from unionhall_chapters.exercise.services import CourseFields

CHAPTER = "taiji-xiehui"
TEAMS = ("财务科", "二楼办公室", "前纺车间三班", "客服中心", "仓储组", "技术部", "门诊收费处", "质检班")
STEPS = (
    "站起来，双脚与肩同宽，慢慢吸气，双手托过头顶，停两秒，六次",
    "左手叉腰，右手向左上方伸，左右各六次",
    "双肩向后绕圈十次，向前十次",
    "低头、抬头，左右转头，各四次，动作要慢",
    "手扶椅背，提踵二十次",
    "坐下，抬起一条腿伸直，停五秒，左右各六次",
    "握拳、张开，二十次；十指交叉转手腕",
    "收势：双手搓热，轻轻按住眼睛，做三次深呼吸",
)


def load(now: datetime) -> None:
    """Add a course at the union above the chapter that practises tai chi, and teams of its members' own unions."""
    chapter = next(iter(queries.listed_by_slug([CHAPTER])), None)
    if chapter is None:
        return
    org, today = orgs_by_ids([chapter.parent_id])[chapter.parent_id], clock.local_day(now)
    given = CourseFields("办公室太极操", 8, "八个动作，不用换衣服，椅子旁边就能做。", "", "\n".join(STEPS), (), True)
    services.keep_course(None, org, given, actor=SYSTEM, now=now)
    chance, began = Random(23), now - timedelta(days=60)  # noqa: S311 - invented
    leaders = [member for line in roster_lines(chapter.org_id)[:60] if (member := member_view(line.member_id)) and member.account_id]
    for name, leader in zip(TEAMS, leaders[::5], strict=False):
        size = chance.randint(6, 24)
        team = services.add_team(name, size, member_id=leader.id, org_id=leader.org_id, actor=SYSTEM, now=began)
        for back in range(7):
            day = today - timedelta(days=back)
            for slot in Slot:
                if workdays.is_workday(day) and back and chance.random() < 0.55:
                    people = chance.randint(size // 2, size)
                    session().add(Practice(team_id=team.id, org_id=team.org_id, day=day, slot=slot.value, people=people, created_at=now))
    if leaders:
        services.ask_coach(leaders[0].org_id, leaders[0].name, "13800002617", 40, "周三下午三点，食堂二楼空地大。",
                           member_id=leaders[0].id, actor=SYSTEM, now=now)  # fmt: skip
    session().flush()
