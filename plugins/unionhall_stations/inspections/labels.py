"""Words for what the columns of inspections hold."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_stations.inspections.models import Fix, Light, Result

RESULTS: dict[str, Text] = {Result.OK: _l("合格"), Result.NOT: _l("不合格"), Result.NA: _l("不适用")}
LIGHTS: dict[str, tuple[Text, str]] = {
    Light.GREEN: (_l("绿灯"), "ok"), Light.YELLOW: (_l("黄灯"), "warn"), Light.RED: (_l("红灯"), "bad"), "": (_l("没写完"), ""),
}  # fmt: skip
FIXES: dict[str, tuple[Text, str]] = {
    Fix.NONE: (_l("不用整改"), ""), Fix.DUE: (_l("待整改"), "warn"), Fix.FIXED: (_l("待复查"), "info"), Fix.CHECKED: (_l("已整改"), "ok"),
}  # fmt: skip
