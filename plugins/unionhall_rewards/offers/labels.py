"""Words for merchants and offers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_rewards.offers.models import OfferState, Trade

TRADES: dict[str, Text] = {
    Trade.FOOD.value: _l("餐饮"), Trade.SHOPPING.value: _l("购物"), Trade.HEALTH.value: _l("健康"), Trade.CULTURE.value: _l("文化和运动"),
    Trade.TRAVEL.value: _l("出行和旅游"), Trade.HOUSEHOLD.value: _l("家政和维修"),
}  # fmt: skip
STATES: dict[str, tuple[Text, str]] = {
    OfferState.DRAFT.value: (_l("草稿"), ""), OfferState.SUBMITTED.value: (_l("待审"), "warn"),
    OfferState.APPROVED.value: (_l("已同意"), "ok"), OfferState.RETURNED.value: (_l("退回"), "bad"),
    OfferState.WITHDRAWN.value: (_l("已撤下"), ""),
}  # fmt: skip
