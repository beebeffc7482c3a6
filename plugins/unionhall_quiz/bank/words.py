"""What the audit trail calls the acts of the bank."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "question_added": _l("出题"), "question_changed": _l("改题"), "question_submitted": _l("题目送审"),
    "question_approved": _l("审题通过"), "question_returned": _l("退回题目"), "question_retired": _l("停用题目"),
    "question_revived": _l("恢复题目"), "questions_imported": _l("导入题目"), "topic_kept": _l("保存主题"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"question": _l("题目"), "topic": _l("主题"), "bank": _l("题库")}
