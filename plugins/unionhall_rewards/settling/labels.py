"""Words of settling."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_rewards.settling.models import State

STATES: dict[State, tuple[Text, str]] = {
    State.CUT: (_l("待发给门店"), "warn"), State.SENT: (_l("等门店确认"), "info"), State.CONFIRMED: (_l("门店已确认"), "ok"),
    State.DISPUTED: (_l("门店有疑问"), "bad"), State.PAID: (_l("已付款"), "ok"), State.CLOSED: (_l("已关账"), ""),
}  # fmt: skip
OUTCOMES: dict[str, tuple[Text, str]] = {
    "": (_l("待答复"), "warn"), "agreed": (_l("同意更正"), "ok"), "declined": (_l("维持原数"), ""),
}  # fmt: skip
DECISIONS: dict[str, tuple[Text, str]] = {
    "asked": (_l("待批准"), "warn"), "approved": (_l("已批准"), "ok"), "refused": (_l("没有批准"), ""),
}  # fmt: skip
