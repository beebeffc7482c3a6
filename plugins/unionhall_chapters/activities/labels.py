"""Words for activities, as everybody reads them."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_chapters.activities.models import Level, Reach, Series

LEVELS: dict[str, Text] = {Level.ALL: _l("不限基础"), Level.BEGINNER: _l("入门"), Level.ADVANCED: _l("进阶")}
REACHES: dict[str, Text] = {Reach.CHAPTER: _l("本协会会员"), Reach.MEMBERS: _l("全体会员"), Reach.PUBLIC: _l("所有人")}
WEEKDAYS: dict[str, Text] = {
    "1": _l("周一"), "2": _l("周二"), "3": _l("周三"), "4": _l("周四"), "5": _l("周五"), "6": _l("周六"), "7": _l("周日"),
}  # fmt: skip
REASONS: tuple[Text, ...] = (_l("天气原因"), _l("场地有变"), _l("教练临时有事"), _l("报名人数太少"))


def clock_words(minutes: int) -> str:
    """Return minutes after midnight as a time of the day: 06:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def rhythm(series: Series) -> str:
    """Return when an activity takes place: 每周二、周四 06:30, or a date."""
    time = clock_words(series.starts_at)
    if series.weekly:
        return _("每%(days)s %(time)s", days="、".join(str(WEEKDAYS[day]) for day in series.weekdays), time=time)
    return f"{series.first_day.isoformat()} {time}"


def cost(series: Series) -> str:
    """Return what taking part costs: nothing, or the share and what it is for."""
    if not series.cost_fen:
        return series.cost_note or _("免费")
    share = f"{series.cost_fen // 100}.{series.cost_fen % 100:02d}".removesuffix(".00")
    return _("分摊 %(share)s 元", share=share) + (f"（{series.cost_note}）" if series.cost_note else "")
