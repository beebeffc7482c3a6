"""What an administrator chooses for all of rewards; read with `plugin_settings("rewards")`."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import NumberRange

from unionhall.plugin import SettingsForm, at_most

DAYS = re.compile(r"\s*\d{1,2}\s*([,，、]\s*\d{1,2}\s*)*")


def _between(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, message=_l("请填 %(min)s 到 %(max)s 之间的整数。"))


def _days(_form: FlaskForm, field: Field) -> None:
    if field.data and not DAYS.fullmatch(field.data):
        raise ValidationError(_l("请写成 3,1 的样子：到期前几天提醒，用逗号隔开。"))


def _rule() -> str:
    return _("当天可以撤销，券退回会员，原来的有效期不变。")


class RewardsSettings(SettingsForm):
    """Spending rules, coupons at the till, settling with stores."""

    winners_percent = IntegerField(
        _l("中奖人数不超过参加人数的百分之几"), [_between(1, 100)], default=50, description=_l("公布抽奖前超过了会提醒，不会拦下。")
    )
    person_yuan = IntegerField(
        _l("每人每次活动最多得多少元的奖"), [_between(1, 50_000)], default=500, description=_l("公布抽奖前超过了会提醒，不会拦下。")
    )
    retention_years = IntegerField(
        _l("抽奖和核销记录保存几年"), [_between(2, 30)], default=3, description=_l("按规定至少两年。到期以后去掉个人信息，账目留着。")
    )
    hold_minutes = IntegerField(
        _l("收银台查到券以后锁定几分钟"), [_between(1, 15)], default=3, description=_l("锁定期间券不会过期，也不能在别处用。")
    )
    reversal_rule = TextAreaField(
        _l("撤销核销的规定"), [at_most(200)], default=_rule, description=_l("印在收银台页面上。")
    )
    reminder_days = StringField(
        _l("到期前几天提醒会员"), [at_most(20), _days], default="3,1", description=_l("用逗号隔开，例如 3,1；空着就不提醒。")
    )
    left_members_keep = BooleanField(_l("退会的会员手里的券还能用"), default=True)
    settlement_day = IntegerField(
        _l("每月几号出上个月的结算单"), [_between(1, 28)], default=1, description=_l("账期截至月末 24 点；晚到的核销进下一期。")
    )
    answer_days = IntegerField(
        _l("门店几天内确认结算单"), [_between(1, 60)], default=7, description=_l("写在发给门店的结算单上。")
    )
