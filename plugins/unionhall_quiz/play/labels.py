"""Words for states and kinds."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_quiz.bank.models import QuestionKind
from unionhall_quiz.play import calendar
from unionhall_quiz.play.models import AttemptState, Calendar, Chance, Round, RoundState

CALENDARS: dict[str, Text] = {Calendar.DAILY: _l("每天"), Calendar.MEMBER_DAY: _l("每月会员日"), Calendar.DATED: _l("一段日子，每天")}
STATES: dict[str, tuple[Text, str]] = {
    RoundState.DRAFT: (_l("没开始"), "warn"), RoundState.RUNNING: (_l("进行中"), "ok"), RoundState.ENDED: (_l("已结束"), ""),
}  # fmt: skip
ATTEMPTS: dict[str, Text] = {AttemptState.OPEN: _l("正在答"), AttemptState.SCORED: _l("已交"), AttemptState.LATE: _l("没赶上交")}
CHANCES: dict[str, tuple[Text, str]] = {
    Chance.NONE: (_l("没有抽奖机会"), ""), Chance.GIVEN: (_l("抽奖机会已给"), "ok"), Chance.OWED: (_l("抽奖机会待补"), "warn"),
    Chance.REFUSED: (_l("不在抽奖范围"), ""),
}  # fmt: skip
FLAGS: dict[str, Text] = {"fast": _l("快得来不及看题"), "source": _l("同一个网络来得多"), "device": _l("像是几个人用同一台设备")}
KINDS: dict[str, Text] = {
    QuestionKind.SINGLE: _l("单选"), QuestionKind.MULTIPLE: _l("多选"), QuestionKind.TRUE_FALSE: _l("判断"), QuestionKind.ORDER: _l("排序"),
    QuestionKind.PICTURE: _l("看图选"),
}  # fmt: skip
WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))


def rhythm(found: Round) -> str:
    """Return when a round takes place: "每天 06:00–22:00"."""
    hours = f"{calendar.clock_of(found.opens)}–{calendar.clock_of(found.closes)}"
    if found.calendar == Calendar.MEMBER_DAY:
        return _("每月 %(day)s 日 %(hours)s", day=found.month_day, hours=hours)
    if found.calendar == Calendar.DATED and found.until:
        return _("%(since)s 到 %(until)s，每天 %(hours)s", since=found.since.isoformat(), until=found.until.isoformat(), hours=hours)
    return _("每天 %(hours)s", hours=hours)


def flags(flag: str) -> str:
    """Return why an attempt should be looked at, in words."""
    return _("、").join(str(FLAGS.get(part, part)) for part in flag.split())


def next_day(window: calendar.Window) -> str:
    """Return when a day opens: "5 月 15 日 06:00"."""
    hour = calendar.hour(window.opens_at, window.day)
    return _("%(month)s 月 %(day)s 日 %(time)s", month=window.day.month, day=window.day.day, time=hour)


def kind(name: str) -> str:
    """Return what a kind of question is called."""
    return str(KINDS.get(name, name))


def weekday(number: int) -> str:
    """Return the name of a day of the week, Monday 0."""
    return str(WEEKDAYS[number])
