"""The chapter's roster as its officers see it: names, since when, the union of the employer, probation. No number is among it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from unionhall.plugin import RosterLine, roster_lines, roster_number, session
from unionhall_chapters import seams
from unionhall_chapters.joining.models import Belonging
from unionhall_chapters.models import Chapter

SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A member of a chapter: the roster's line, the last day of probation (None when there is none or it is over), times present."""

    line: RosterLine
    probation_until: date | None
    times: int


def page(chapter: Chapter, words: str, number: int, today: date) -> tuple[list[Row], int]:
    """Return a page of a chapter's members, by name, and how many there are."""
    lines = roster_lines(chapter.org_id, words=words, offset=(number - 1) * SIZE, limit=SIZE)
    ids = [line.member_id for line in lines]
    until, times = probation(chapter, ids), seams.attendance(chapter, ids)
    rows = [Row(line, _ahead(until.get(line.member_id), today), times.get(line.member_id, 0)) for line in lines]
    return rows, roster_number(chapter.org_id, words=words)


def probation(chapter: Chapter, member_ids: Iterable[int]) -> dict[int, date]:
    """Return {member id: last day of probation} of those who have or had one."""
    wanted = select(Belonging.member_id, Belonging.probation_until).where(
        Belonging.chapter_id == chapter.id, Belonging.left_at.is_(None), Belonging.member_id.in_(list(member_ids)),
        Belonging.probation_until.is_not(None),
    )  # fmt: skip
    return {row.member_id: row.probation_until for row in session().execute(wanted)}


def _ahead(until: date | None, today: date) -> date | None:
    return until if until and until >= today else None
