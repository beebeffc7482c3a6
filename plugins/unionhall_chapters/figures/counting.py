"""How many chapters there are and who belongs to them: at or below an org, a person once whatever number of chapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select

from unionhall.plugin import Belong, Org, ReportFigure, belonging, clock, in_subtree, session, unscoped
from unionhall_chapters import labels
from unionhall_chapters.joining.models import ChapterStep
from unionhall_chapters.models import PUBLIC, Chapter, ChapterKind, ChapterState

GROUP = _l("协会")
ENDS = ("dissolve", "merged")


def standing(path: str, until: date) -> ColumnElement[bool]:
    """Return the condition that a chapter at or below the org stood at the end of the day before `until`."""
    later = select(ChapterStep.chapter_id).where(ChapterStep.step.in_(ENDS), ChapterStep.at >= clock.first_moment(until))
    return and_(
        Chapter.org_id.in_(select(Org.id).where(in_subtree(Org.path, path))), Chapter.state.in_(PUBLIC), Chapter.founded_on < until,
        or_(Chapter.state != ChapterState.DISSOLVED.value, Chapter.id.in_(later)),
    )  # fmt: skip


def by_kind(path: str, until: date) -> dict[str, int]:
    """Return {kind: how many chapters} at the end of a period."""
    wanted = select(Chapter.kind, func.count()).where(standing(path, until)).group_by(Chapter.kind)
    return {kind: int(number) for kind, number in session().execute(unscoped(wanted, why="figures"))}


def members(path: str, until: date) -> Belong:
    """Return how many people belong to chapters, each once, and for how many of them a chapter is a second cover."""
    return belonging(select(Chapter.org_id).where(standing(path, until)), until)


def _chapters(path: str, _since: date, until: date) -> int:
    return sum(by_kind(path, until).values())


def _of_kind(kind: str) -> Callable[[str, date, date], int]:
    return lambda path, _since, until: by_kind(path, until).get(kind, 0)


def _people(path: str, _since: date, until: date) -> int:
    return members(path, until).people


def _second(path: str, _since: date, until: date) -> int:
    return members(path, until).second


def _rows(_path: str, _since: date, _until: date) -> str:
    return "/desk/chapters/"


REPORT = (
    ReportFigure("chapters.chapters", _l("协会"), GROUP, "items", _chapters, _rows, standing=True, order=300),
    *(
        ReportFigure(f"chapters.kind_{kind}", labels.KINDS[kind], GROUP, "items", _of_kind(kind), standing=True, order=301 + place)
        for place, kind in enumerate(ChapterKind)
    ),
    ReportFigure("chapters.members", _l("协会会员"), GROUP, "people", _people, _rows, standing=True, order=306),
    ReportFigure("chapters.second", _l("其中二次覆盖"), GROUP, "people", _second, standing=True, order=307),
)
