"""The reminder of the break, at ten and at three on working days, for those who asked for it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, clock, notify, unit_of_work, workdays
from unionhall_chapters.exercise import services
from unionhall_chapters.exercise.models import Slot

HOURS = {10: Slot.MORNING, 15: Slot.AFTERNOON}
LATEST = 30  # minutes; a reminder that comes later than that is of no use
KINDS = (
    NoticeKind("chapters.break", _l("工间操提醒"), {
        "zh_CN": ("该起来动一动了", "工间操时间到：跟着视频做 8 到 10 分钟，肩颈和腰都松一松。"),
        "en": ("Time to get up and move", "Time for the break exercise: follow the film for 8 to 10 minutes and loosen neck and back."),
    }, {}),
    NoticeKind("chapters.coach", _l("教练上门的答复"), {
        "zh_CN": ("教练上门：{result}", "你申请的教练上门：{result}。{answer}"),
        "en": ("A coach for your workplace: {result}", "About the coach that you asked for: {result}. {answer}"),
    }, {"result": "可以安排", "answer": "5 月 20 日下午 3 点到，请准备一块空地。"}),
)  # fmt: skip


def due(now: datetime) -> Slot | None:
    """Return the break of which people are reminded now, if any."""
    here = clock.local(now)
    return HOURS.get(here.hour) if here.minute < LATEST and workdays.is_workday(here.date()) else None


def run(now: datetime) -> int:
    """Remind of the break, once; returns how many were to be reminded (a job)."""
    slot = due(now)
    if slot is None:
        return 0
    with unit_of_work():
        wanted = services.reminded(slot)
        notify("chapters.break", wanted, {}, key=f"{clock.local_day(now)}:{slot}", now=now, url="/chapters/exercise/")
    return len(wanted)
