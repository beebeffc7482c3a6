"""Terms of office, looked after every night: roles for who activated meanwhile, reminders before the end, "expired" after it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from unionhall.plugin import SYSTEM, clock, member_names, notify, session, unit_of_work, unscoped, update_count, who_may
from unionhall_chapters import rights
from unionhall_chapters.joining import offices, standing
from unionhall_chapters.models import OPEN, Chapter, ChapterState

REMIND = (90, 30)


def look_after(now: datetime) -> None:
    """Look after every chapter that is open, each in a unit of work of its own (the job)."""
    wanted = select(Chapter.id).where(Chapter.state.in_([state.value for state in OPEN]))
    with unit_of_work():
        ids = list(session().scalars(unscoped(wanted, why="job")))
    for chapter_id in ids:
        with unit_of_work():
            chapter = session().scalars(unscoped(select(Chapter).where(Chapter.id == chapter_id), why="job")).one()
            _one(chapter, clock.local_day(now), now)


def _one(chapter: Chapter, today: date, now: datetime) -> None:
    held = offices.current(chapter)
    accounts = member_names(office.member_id for office in held)
    for office in held:
        if office.until < today:
            offices.step_down(office, actor=SYSTEM, now=now)
            office.ended_on = office.until
        else:
            offices.give_role(chapter, office, accounts.get(office.member_id, ("", None))[1], now=now)
    if chapter.term_ends is None:
        return
    left = (chapter.term_ends - today).days
    due = next((days for days in sorted(REMIND) if 0 <= left <= days), None)
    if due is not None and chapter.state == ChapterState.ACTIVE:
        _tell("chapters.term_ends", chapter, f"{chapter.id}:{chapter.term_ends}:{due}", now, day=chapter.term_ends.isoformat())
    if left < 0 and not offices.headed(chapter, today):
        _expire(chapter, now)


def _expire(chapter: Chapter, now: datetime) -> None:
    moved = update(Chapter).where(Chapter.id == chapter.id, Chapter.state == ChapterState.ACTIVE.value).values(
        state=ChapterState.EXPIRED.value, updated_at=now, version=Chapter.version + 1
    )  # fmt: skip
    if update_count(moved.execution_options(synchronize_session=False)) != 1:
        return
    session().refresh(chapter)
    standing.note(chapter, "expired", actor=SYSTEM, now=now)
    _tell("chapters.expired", chapter, f"{chapter.id}:{chapter.term_ends}", now)


def _tell(kind: str, chapter: Chapter, key: str, now: datetime, **values: str) -> None:
    told = {*who_may(rights.MANAGE, chapter.org_id, now), *who_may(rights.FOUND, chapter.parent_id, now)}
    notify(kind, sorted(told), {"chapter": chapter.name, **values}, key=key, now=now, url=f"/desk/chapters/{chapter.id}/officers/",
           org_id=chapter.org_id)  # fmt: skip
