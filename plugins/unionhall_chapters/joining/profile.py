"""What a chapter says of itself: its page, its album, its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    RuleBroken,
    clock,
    orgs_by_ids,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_chapters import pages, rights
from unionhall_chapters.joining import offices
from unionhall_chapters.joining.models import Photo, Rules
from unionhall_chapters.models import Chapter

MOST_PHOTOS = 30


@dataclass(frozen=True, slots=True)
class Profile:
    """What is shown of a chapter; `intro` is cleaned HTML."""

    seal: str
    name_en: str
    motto: str
    summary: str
    intro: str
    meets: str
    contact: str
    cover_id: int | None
    photos: Sequence[int]
    join_rule: str
    probation_months: int


def keep(chapter: Chapter, said: Profile, *, version: int, actor: Actor, now: datetime) -> None:
    """Keep what a chapter's page says. Raises Conflict when somebody saved after the form was opened, NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    statement = update(Chapter).where(Chapter.id == chapter.id, Chapter.version == version).values(
        seal=(tidy(said.seal) or chapter.name)[:1], name_en=tidy(said.name_en)[:200], motto=tidy(said.motto)[:80],
        summary=tidy(said.summary)[:200], intro=said.intro, meets=tidy(said.meets)[:120], contact=tidy(said.contact)[:120],
        cover_id=said.cover_id, join_rule=said.join_rule, probation_months=said.probation_months, version=version + 1, updated_at=now,
    )  # fmt: skip
    if update_count(statement.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("你打开这一页之后，有人改过协会的资料。下面是你填写的内容，请对照最新资料再保存一次。"))
    session().refresh(chapter)
    session().execute(delete(Photo).where(Photo.chapter_id == chapter.id))
    session().add_all(Photo(chapter_id=chapter.id, asset_id=item, position=at) for at, item in enumerate(dict.fromkeys(said.photos)))
    session().flush()
    offices.note_pictures(chapter)
    record_audit("chapters.edited", f"chapter:{chapter.id}", actor=actor, now=now, org_id=chapter.org_id)
    pages.changed(chapter, now=now)


def album(chapter: Chapter) -> list[int]:
    """Return the pictures of a chapter's album, in order."""
    return list(session().scalars(select(Photo.asset_id).where(Photo.chapter_id == chapter.id).order_by(Photo.position, Photo.id)))


def adopt(chapter: Chapter, text: str, adopted_on: date, *, actor: Actor, now: datetime) -> Rules:
    """Add a version of the chapter's rules; what was adopted before stays readable. Raises NotAllowed, RuleBroken, Conflict."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    words = tidy(text, one_line=False)[:20_000]
    if not words:
        raise RuleBroken(_("请填写章程全文。"), field="text")
    if adopted_on > clock.local_day(now):
        raise RuleBroken(_("通过的日期还没有到。"), field="adopted_on")
    last = session().scalar(select(func.max(Rules.number)).where(Rules.chapter_id == chapter.id)) or 0
    made = Rules(chapter_id=chapter.id, number=last + 1, text=words, adopted_on=adopted_on, noted_at=now)
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise Conflict(_("刚刚有人登记了一版章程。请刷新后再看。")) from None
    record_audit("chapters.rules", f"chapter:{chapter.id}", actor=actor, now=now, org_id=chapter.org_id, number=made.number)
    pages.changed(chapter, now=now)
    return made


def rules(chapter: Chapter) -> list[Rules]:
    """Return the versions of a chapter's rules, the newest first."""
    return list(session().scalars(select(Rules).where(Rules.chapter_id == chapter.id).order_by(Rules.number.desc())))
