"""Audit words of funds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "fund_created": _l("新建经费"), "fund_changed": _l("改经费"), "fund_closed": _l("关闭经费"), "budget_asked": _l("申请拨款"),
    "budget_approved": _l("批准拨款"), "budget_refused": _l("不批准拨款"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"rewards_fund": _l("经费"), "rewards_budget": _l("拨款申请")}
