"""Words of the break-time exercise."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_chapters.exercise.models import Slot, VisitState

SLOTS: dict[str, Text] = {Slot.MORNING: _l("上午"), Slot.AFTERNOON: _l("下午")}
VISITS: dict[str, tuple[Text, str]] = {
    VisitState.ASKED: (_l("等答复"), "warn"), VisitState.AGREED: (_l("已约好"), "ok"), VisitState.DONE: (_l("已上门"), ""),
    VisitState.DECLINED: (_l("不能安排"), "bad"),
}  # fmt: skip
ACTS: dict[str, Text] = {VisitState.AGREED: _l("可以安排"), VisitState.DONE: _l("已上门"), VisitState.DECLINED: _l("不能安排")}
