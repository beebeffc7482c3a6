"""Words for chapters, as everybody reads them."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_chapters import rights
from unionhall_chapters.models import Chapter, ChapterKind, ChapterState, JoinRule

KINDS: dict[str, Text] = {
    ChapterKind.ASSOCIATION: _l("兴趣协会"), ChapterKind.INDUSTRY: _l("行业协会"), ChapterKind.REGION: _l("区域联合"),
    ChapterKind.PROJECT: _l("项目工地"),
}  # fmt: skip
STATES: dict[str, tuple[Text, str]] = {
    ChapterState.PREPARING: (_l("筹备中"), ""), ChapterState.APPLIED: (_l("待批准"), "warn"), ChapterState.APPROVED: (_l("已批准"), "info"),
    ChapterState.FOUNDED: (_l("已成立"), "info"), ChapterState.ACTIVE: (_l("正常"), "ok"), ChapterState.EXPIRED: (_l("任期届满"), "warn"),
    ChapterState.SUSPENDED: (_l("停办"), "bad"), ChapterState.DISSOLVED: (_l("已注销"), "plain"),
}  # fmt: skip
RULES: dict[str, Text] = {
    JoinRule.OPEN: _l("会员报名就加入"), JoinRule.APPROVAL: _l("报名后由协会同意"), JoinRule.INVITATION: _l("凭邀请加入"),
}  # fmt: skip
FOUNDING: dict[str, tuple[Text, str]] = {
    "preparing": (_l("筹备中"), ""), "applied": (_l("待审批"), "warn"), "returned": (_l("退回修改"), "bad"),
    "approved": (_l("已批准"), "ok"), "refused": (_l("没有批准"), "bad"),
}  # fmt: skip
STANDING: dict[str, tuple[Text, str]] = {
    "active": (_l("有效"), "ok"), "kept": (_l("保留会籍"), "info"), "suspended": (_l("暂停"), "warn"), "pending": (_l("待审核"), "warn"),
}
OUTCOMES: dict[str, tuple[Text, str]] = {
    "new": (_l("可以加入"), "ok"), "here": (_l("已经是会员"), "info"), "twice": (_l("名单里重复"), "plain"),
    "unknown": (_l("名册上查不到，或姓名和号码对不上"), "bad"), "empty": (_l("空行"), "plain"),
}  # fmt: skip
ROLES: dict[str, Text] = {rights.OFFICER: _l("负责人"), rights.LEADER: _l("领队"), "": _l("没有权限")}


def name(chapter: Chapter) -> str:
    """Return a chapter's name in the reader's language."""
    return chapter.name_en if chapter.name_en and str(get_locale()) == "en" else chapter.name


def tone(chapter: Chapter) -> int:
    """Return which of the six tones its seal has."""
    return chapter.id % 6 + 1
