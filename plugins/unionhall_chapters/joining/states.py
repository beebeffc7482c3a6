"""What may become of a chapter, as a table: from which states, to which, who may, where that is judged, and what must be so first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_chapters import rights
from unionhall_chapters.models import Chapter, ChapterState

S = ChapterState
Guard = Literal["", "congress", "heads", "unblocked"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a chapter: the button, what it means, `right` judged at the union above it, and the guard that must hold.

    Guards: "congress" a founding congress is noted and went in favour, "heads" somebody heads it today, "unblocked" no part objects.
    """

    name: str
    label: Text
    told: Text
    sources: frozenset[ChapterState]
    target: ChapterState
    guard: Guard = ""
    reason: bool = False
    right: str = rights.FOUND
    danger: bool = False


STEPS = {
    step.name: step
    for step in (
        Step("found", _l("宣布成立"), _l("成立大会开过、表决通过，协会公告成立，主页对外开放。"),
             frozenset({S.APPROVED}), S.FOUNDED, "congress"),
        Step("activate", _l("开始运行"), _l("负责人已到任，协会可以接收会员、办活动。"), frozenset({S.FOUNDED}), S.ACTIVE, "heads"),
        Step("renew", _l("换届完成"), _l("新一届负责人已到任，协会恢复正常。"), frozenset({S.EXPIRED}), S.ACTIVE, "heads"),
        Step("suspend", _l("停办"), _l("协会暂时不收会员、不办活动、不受理福利；会籍留着，之后可以恢复。"),
             frozenset({S.FOUNDED, S.ACTIVE, S.EXPIRED}), S.SUSPENDED, reason=True, danger=True),
        Step("resume", _l("恢复运行"), _l("协会重新开放。"), frozenset({S.SUSPENDED}), S.ACTIVE, "heads", reason=True),
        Step("dissolve", _l("注销协会"), _l("协会的会籍全部结束（单位工会的会籍不受影响），任职和权限收回，主页留作档案。不能撤销。"),
             frozenset({S.APPROVED, S.FOUNDED, S.ACTIVE, S.EXPIRED, S.SUSPENDED}), S.DISSOLVED, "unblocked", reason=True, danger=True),
    )
}  # fmt: skip
MERGING = frozenset({S.FOUNDED, S.ACTIVE, S.EXPIRED, S.SUSPENDED})
HISTORY = {
    "approved": _l("批准成立"), "congress": _l("登记大会和选举"), "expired": _l("任期届满"), "merged": _l("并入另一个协会"),
    "absorbed": _l("有协会并入"), **{step.name: step.label for step in STEPS.values()},
}  # fmt: skip


def open_steps(chapter: Chapter) -> list[Step]:
    """Return the steps that a chapter may take now, as far as its state goes."""
    return [step for step in STEPS.values() if chapter.state in step.sources]
