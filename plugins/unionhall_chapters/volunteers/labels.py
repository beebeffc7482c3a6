"""Words of volunteering, and hours as people read them."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_chapters.volunteers.models import HoursState, Purpose, Source, Standing

PURPOSES: dict[str, Text] = {
    Purpose.CIVILITY: _l("文明引导"), Purpose.WASTE: _l("垃圾分类"), Purpose.ELDER: _l("敬老助老"), Purpose.OTHER: _l("其他服务"),
}  # fmt: skip
STANDINGS: dict[str, tuple[Text, str]] = {
    Standing.ASKED: (_l("等领队同意"), "warn"), Standing.IN: (_l("队员"), "ok"), Standing.REFUSED: (_l("没有通过"), "bad"),
    Standing.LEFT: (_l("已退出"), "plain"),
}  # fmt: skip
STATES: dict[str, tuple[Text, str]] = {
    HoursState.PROPOSED: (_l("待确认"), "warn"), HoursState.APPROVED: (_l("已确认"), "ok"), HoursState.REFUSED: (_l("没有通过"), "bad"),
}  # fmt: skip
SOURCES: dict[str, Text] = {
    Source.SCAN: _l("签到签退"), Source.LIST: _l("领队名单"), Source.SELF: _l("自己补报"), Source.REGISTER: _l("公共志愿平台"),
}  # fmt: skip
WEEKDAYS: tuple[Text, ...] = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))


def hours(minutes: int) -> str:
    """Return a length of service: "2 小时 35 分"."""
    whole, rest = divmod(minutes, 60)
    if not rest:
        return _("%(hours)s 小时", hours=whole)
    return _("%(hours)s 小时 %(minutes)s 分", hours=whole, minutes=rest) if whole else _("%(minutes)s 分", minutes=rest)
