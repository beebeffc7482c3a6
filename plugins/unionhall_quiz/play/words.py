"""What the audit trail calls the acts of this part, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "round_added": _l("新建每日一答"), "round_changed": _l("改每日一答"), "round_started": _l("开始每日一答"),
    "round_ended": _l("结束每日一答"), "round_removed": _l("删除没开始的每日一答"),
    "round_draw": _l("换每日一答的抽奖"), "paper_made": _l("重新出一天的题"),
    "paper_looked": _l("提前看一天的题"), "chances_given": _l("补发抽奖机会"), "attempt_looked": _l("核实一份可疑答题"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"quiz_round": _l("每日一答"), "quiz_attempt": _l("一次答题")}
STATES: dict[str, Text] = {"draft": _l("没开始"), "running": _l("进行中"), "ended": _l("已结束")}
