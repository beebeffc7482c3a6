"""When orgs are merged: the chapter of the one that goes hands everything to the chapter of the one that stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from unionhall.plugin import SYSTEM, Actor, session, unscoped
from unionhall_chapters import pages
from unionhall_chapters.joining import offices
from unionhall_chapters.joining.models import Application, Belonging, Founding, Invite, Unorganised
from unionhall_chapters.models import Chapter, ChapterState

QUIET = {"synchronize_session": False}


def hand_over(source_id: int, target_id: int, *, actor: Actor, now: datetime) -> None:
    """Hand over what hangs on the source org, as `unionhall_org_merging` asks."""
    for statement in (
        update(Chapter).where(Chapter.parent_id == source_id).values(parent_id=target_id),
        update(Founding).where(Founding.org_id == source_id).values(org_id=target_id),
        update(Unorganised).where(Unorganised.org_id == source_id).values(org_id=target_id),
    ):
        session().execute(statement.execution_options(**QUIET))
    session().expire_all()
    gone, stays = _of_org(source_id), _of_org(target_id)
    if gone is None:
        return
    gone.state, gone.updated_at = ChapterState.DISSOLVED.value, now
    if stays is None:
        for office in offices.current(gone):
            offices.step_down(office, actor=SYSTEM, now=now)
        session().flush()
        pages.changed(gone, now=now)
        return
    gone.merged_into_id = stays.id
    _move(gone, stays, now)
    pages.changed(gone, now=now)
    pages.changed(stays, now=now)


def _move(gone: Chapter, stays: Chapter, now: datetime) -> None:
    """Members and offices go over; who is in both, or asked at both, is there once."""
    for table, over, alive in (
        (Belonging, {"left_at": now}, Belonging.left_at.is_(None)),
        (Application, {"state": "withdrawn", "decided_at": now}, Application.state == "open"),
    ):
        there = select(table.member_id).where(table.chapter_id == stays.id, alive)
        twice = (table.chapter_id == gone.id) & alive & table.member_id.in_(there)
        session().execute(update(table).where(twice).values(**over).execution_options(**QUIET))
        session().execute(update(table).where(table.chapter_id == gone.id, alive).values(chapter_id=stays.id).execution_options(**QUIET))
    held = {(office.member_id, office.title) for office in offices.current(stays)}
    for office in offices.current(gone):
        office.heads = False
        if (office.member_id, office.title) in held:
            offices.step_down(office, actor=SYSTEM, now=now)
        else:
            office.chapter_id = stays.id
    session().flush()
    revoked = update(Invite).where(Invite.chapter_id == gone.id, Invite.revoked_at.is_(None)).values(revoked_at=now)
    session().execute(revoked.execution_options(**QUIET))
    session().expire_all()
    offices.note_pictures(stays)
    offices.note_pictures(gone)


def _of_org(org_id: int) -> Chapter | None:
    return session().scalar(unscoped(select(Chapter).where(Chapter.org_id == org_id), why="merged"))


