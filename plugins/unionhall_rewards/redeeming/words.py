"""What the audit trail calls the acts of this part."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "redeemed": _l("核销消费券"), "reversed": _l("撤销核销"), "till_locked": _l("输错券码太多，锁住收银台"),
    "flag_looked": _l("核实可疑的核销"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"redemption": _l("核销"), "till": _l("收银台"), "flag": _l("可疑的核销")}
