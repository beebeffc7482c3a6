"""Words for what the bank holds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_quiz.bank.models import QuestionKind, QuestionState

KINDS: dict[str, Text] = {
    QuestionKind.SINGLE.value: _l("单选"), QuestionKind.MULTIPLE.value: _l("多选"), QuestionKind.TRUE_FALSE.value: _l("判断"),
    QuestionKind.ORDER.value: _l("排序"), QuestionKind.PICTURE.value: _l("看图选"),
}  # fmt: skip
STATES: dict[str, tuple[Text, str]] = {
    QuestionState.DRAFT.value: (_l("草稿"), ""), QuestionState.REVIEW.value: (_l("待审"), "warn"),
    QuestionState.APPROVED.value: (_l("可用"), "ok"), QuestionState.RETIRED.value: (_l("停用"), ""),
}  # fmt: skip
DIFFICULTIES: dict[int, Text] = {1: _l("容易"), 2: _l("一般"), 3: _l("难")}
TRUTH: dict[str, Text] = {"a": _l("对"), "b": _l("错")}
