"""What an administrator chooses for all stations; read with `plugin_settings("stations")`."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, ValidationError
from wtforms.validators import NumberRange

from unionhall.plugin import SettingsForm, at_most, no_line_breaks, optional_field

MAP_LINK = "https://uri.amap.com/marker?position={lon},{lat}&name={name}&coordinate=wgs84"


def _between(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, message=_l("请填 %(min)s 到 %(max)s 之间的整数。"))


class StationsSettings(SettingsForm):
    """The target, the way to a map, the scale of inspections."""

    target = IntegerField(
        _l("目标建多少个驿站"), [_between(0, 100_000)], default=100, description=_l("统计里按它算完成了多少；填 0 就不显示。")
    )
    map_link = StringField(
        _l("“在地图里打开”的网址"), [optional_field(), at_most(300), no_line_breaks], default=MAP_LINK,
        description=_l("{lat}、{lon}、{name} 会换成纬度、经度和名称。空着就不显示。"),
    )  # fmt: skip
    scale = StringField(_l("巡查标准的名称"), [optional_field(), at_most(40), no_line_breaks], description=_l("空着就叫“六有”标准。"))
    green_from = IntegerField(_l("几分以上亮绿灯"), [_between(1, 100)], default=90)
    yellow_from = IntegerField(_l("几分以上亮黄灯"), [_between(1, 100)], default=70, description=_l("再低就是红灯。"))
    fix_days = IntegerField(_l("整改期限（天）"), [_between(1, 90)], default=7, description=_l("巡查时可以改。"))
    reds = IntegerField(_l("连续几次红灯建议暂停或撤站"), [_between(2, 12)], default=3)
    best_least = IntegerField(_l("一年至少巡查几次才能参评最美驿站"), [_between(1, 12)], default=6)

    def validate_map_link(self, field: Any) -> None:
        """Refuse what is no address of a map."""
        if field.data and not (field.data.startswith("https://") and "{lat}" in field.data and "{lon}" in field.data):
            raise ValidationError(_("网址要以 https:// 开头，里面有 {lat} 和 {lon}。"))

    def validate_yellow_from(self, field: Any) -> None:
        """Refuse yellow above green."""
        if field.data is not None and self.green_from.data is not None and field.data >= self.green_from.data:
            raise ValidationError(_("黄灯的分数要低于绿灯，绿灯现在是 %(n)s 分。", n=self.green_from.data))
