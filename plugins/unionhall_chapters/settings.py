"""What an administrator chooses for all chapters; read with `plugin_settings("chapters")`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange

from unionhall.plugin import SettingsForm


def _between(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, message=_l("请填 %(min)s 到 %(max)s 之间的整数。"))


class ChaptersSettings(SettingsForm):
    """Founding, publicity, benefits and hours."""

    founders_min = IntegerField(
        _l("发起人至少几人"), [_between(3, 200)], default=25, description=_l("发起人够这个数，才能申请成立协会。")
    )
    publicity_days = IntegerField(
        _l("公示几个工作日"), [_between(1, 30)], default=5, description=_l("福利公示满这些天，才能往下办。")
    )
    benefit_months = IntegerField(_l("入会满几个月可以申请福利"), [_between(0, 36)], default=6)
    claim_days = IntegerField(
        _l("事情发生后多少天内可以申请福利"), [_between(1, 730)], default=180, description=_l("过了这些天，系统不再收申请。")
    )
    self_reported_hours = BooleanField(
        _l("志愿者可以自己补报工时"), default=True, description=_l("补报的工时由领队确认后才计入。")
    )
    small_number = IntegerField(
        _l("少于几个人的统计不显示"), [_between(2, 20)], default=5, description=_l("人数太少的数字容易认出是谁，只写“少于几人”。")
    )
