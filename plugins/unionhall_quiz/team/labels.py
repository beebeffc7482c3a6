"""Words for bands of age and for how one is named."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_quiz.team.models import Naming

NAMINGS: dict[str, tuple[Text, Text]] = {
    Naming.MASKED: (_l("不写全名"), _l("榜上写成“王**”，不写单位。")),
    Naming.NAMED: (_l("写全名和工会"), _l("榜上写姓名和所在的工会。")),
    Naming.HIDDEN: (_l("不上榜"), _l("榜上没有你；答题、抽奖、星都不受影响。")),
}
UPPER = {0: 17, 18: 24, 25: 34, 35: 44, 45: 54, 55: 59}


def band(least: str) -> str:
    """Return what a band of age is called: "18–24 岁"."""
    if not least:
        return _("不清楚")
    if int(least) not in UPPER:
        return _("%(least)s 岁及以上", least=least)
    if int(least) == 0:
        return _("18 岁以下")
    return _("%(least)s–%(most)s 岁", least=least, most=UPPER[int(least)])


def month(name: str) -> str:
    """Return a month in words: "2026 年 5 月"."""
    return _("%(year)s 年 %(month)s 月", year=name[:4], month=int(name[5:]))
