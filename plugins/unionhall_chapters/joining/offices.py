"""Offices: who holds which, from when until when. An office brings its role in the desk exactly as long as its term lasts.

The union above notes elections and appoints; nobody appoints themselves, and no office outlasts the term it was elected for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    NotAllowed,
    NotFound,
    RuleBroken,
    clock,
    give_up_office_role,
    hold_office_role,
    member_names,
    note_media,
    orgs_by_ids,
    record_audit,
    require,
    roster_line,
    session,
    tidy,
)
from unionhall_chapters import pages, rights
from unionhall_chapters.joining.models import Congress, Office, Photo
from unionhall_chapters.models import Chapter

LONGEST_TERM = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Post:
    """What is said of an office."""

    title: str
    since: date
    until: date
    role: str = ""
    heads: bool = False
    position: int = 100
    photo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What is said of a congress."""

    held_on: date
    term_until: date
    eligible: int
    present: int
    yes: int
    nays: int
    abstained: int
    candidates: str = ""
    minutes: str = ""


def note_congress(chapter: Chapter, ballot: Ballot, *, actor: Actor, now: datetime) -> Congress:
    """Note a founding congress or an election, with the term that it begins. Raises NotAllowed, RuleBroken."""
    require(actor, rights.FOUND, orgs_by_ids([chapter.parent_id])[chapter.parent_id])
    if ballot.held_on > clock.local_day(now):
        raise RuleBroken(_("大会还没有开，开完再来登记。"), field="held_on")
    if not ballot.held_on < ballot.term_until <= ballot.held_on + LONGEST_TERM:
        raise RuleBroken(_("任期要在大会之后，最长五年。"), field="term_until")
    if ballot.eligible < 1 or not 0 <= ballot.present <= ballot.eligible:
        raise RuleBroken(_("实到 %(n)s 人，多于应到 %(m)s 人。请核对。", n=ballot.present, m=ballot.eligible), field="present")
    if min(ballot.yes, ballot.nays, ballot.abstained) < 0 or ballot.yes + ballot.nays + ballot.abstained > ballot.present:
        raise RuleBroken(_("赞成、反对、弃权加起来多于到会的 %(n)s 人。请核对。", n=ballot.present), field="yes")
    made = Congress(
        chapter_id=chapter.id, held_on=ballot.held_on, term_until=ballot.term_until, eligible=ballot.eligible, present=ballot.present,
        yes=ballot.yes, nays=ballot.nays, abstained=ballot.abstained, candidates=tidy(ballot.candidates, one_line=False)[:2000],
        minutes=tidy(ballot.minutes, one_line=False)[:8000], noted_by=actor.account_id, noted_at=now,
    )  # fmt: skip
    session().add(made)
    chapter.term_ends, chapter.updated_at = max(chapter.term_ends or ballot.term_until, ballot.term_until), now
    session().flush()
    record_audit("chapters.congress", f"chapter:{chapter.id}", actor=actor, now=now, org_id=chapter.org_id)
    pages.changed(chapter, now=now)
    return made


def appoint(chapter: Chapter, member_id: int, post: Post, *, actor: Actor, now: datetime) -> Office:
    """Give a member of the chapter an office and its role. Raises NotAllowed, RuleBroken, Conflict, NotFound."""
    require(actor, rights.FOUND, orgs_by_ids([chapter.parent_id])[chapter.parent_id])
    line, title = roster_line(member_id, chapter.org_id), tidy(post.title)[:40]
    if line.account_id is not None and line.account_id == actor.account_id:
        raise NotAllowed(_("不能任命自己。请另一位管理员来做。"))
    if not title:
        raise RuleBroken(_("请填写职务。"), field="title")
    if post.until < max(post.since, clock.local_day(now)):
        raise RuleBroken(_("任期的最后一天早于开始或已经过去。"), field="until")
    if chapter.term_ends is None or post.until > chapter.term_ends:
        ends = chapter.term_ends.isoformat() if chapter.term_ends else _("还没有登记选举")
        raise RuleBroken(_("任职不能超过本届任期（%(day)s）。请先登记换届选举。", day=ends), field="until")
    made = Office(
        chapter_id=chapter.id, member_id=member_id, title=title, role=post.role, heads=post.heads, position=post.position,
        photo_id=post.photo_id, since=post.since, until=post.until,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise Conflict(_("“%(name)s”已经担任“%(title)s”。", name=line.name, title=title)) from None
    give_role(chapter, made, line.account_id, now=now)
    note_pictures(chapter)
    record_audit("chapters.appointed", f"chapter:{chapter.id}", actor=actor, now=now, org_id=chapter.org_id, member=member_id)
    pages.changed(chapter, now=now)
    return made


def give_role(chapter: Chapter, office: Office, account_id: int | None, *, now: datetime) -> None:
    """Give the role of an office until its last day is over; two offices of one person share one. Waits for who has no account."""
    if not office.role or account_id is None or office.grant_id is not None:
        return
    same = [each for each in current(chapter) if each.member_id == office.member_id and each.role == office.role and each.grant_id]
    ends_at = clock.first_moment(office.until + timedelta(days=1))
    if ends_at <= now:
        return
    for each in same:
        if each.until >= office.until:
            office.grant_id = each.grant_id
            session().flush()
            return
        give_up_office_role(each.grant_id or 0, actor=SYSTEM, now=now)
    org = orgs_by_ids([chapter.org_id])[chapter.org_id]
    office.grant_id = hold_office_role(account_id, office.role, org, ends_at=ends_at, actor=SYSTEM, now=now)
    for each in same:
        each.grant_id = office.grant_id
    session().flush()


def resign(office: Office, chapter: Chapter, *, actor: Actor, now: datetime) -> None:
    """End an office today, on the word of the union above. Raises NotAllowed, Conflict."""
    require(actor, rights.FOUND, orgs_by_ids([chapter.parent_id])[chapter.parent_id])
    if office.ended_on is not None:
        raise Conflict(_("这个任职已经结束了。"))
    step_down(office, actor=actor, now=now)
    note_pictures(chapter)
    pages.changed(chapter, now=now)


def step_down(office: Office, *, actor: Actor, now: datetime) -> None:
    """End an office today and take its role back, unless another office of the same person brings it."""
    office.ended_on = clock.local_day(now)
    session().flush()
    shared = select(Office.id).where(Office.grant_id == office.grant_id, Office.ended_on.is_(None), Office.id != office.id)
    if office.grant_id is not None and session().scalar(shared.limit(1)) is None:
        give_up_office_role(office.grant_id, actor=SYSTEM, now=now)
    record_audit("chapters.stepped_down", f"chapter:{office.chapter_id}", actor=actor, now=now, member=office.member_id)


def current(chapter: Chapter) -> list[Office]:
    """Return the offices of a chapter that are held, in their order, also those whose term is over and nobody has ended."""
    wanted = select(Office).where(Office.chapter_id == chapter.id, Office.ended_on.is_(None))
    return list(session().scalars(wanted.order_by(Office.position, Office.id)))


def former(chapter: Chapter) -> list[Office]:
    """Return the offices of a chapter that are over, the newest first."""
    wanted = select(Office).where(Office.chapter_id == chapter.id, Office.ended_on.is_not(None))
    return list(session().scalars(wanted.order_by(Office.ended_on.desc(), Office.id.desc()).limit(50)))


def get(chapter: Chapter, office_id: int) -> Office:
    """Return an office of a chapter. Raises NotFound."""
    found = session().get(Office, office_id)
    if found is None or found.chapter_id != chapter.id:
        raise NotFound()
    return found


def headed(chapter: Chapter, today: date) -> bool:
    """Say whether somebody heads the chapter today."""
    return any(office.heads and office.since <= today <= office.until for office in current(chapter))


def named(offices: Iterable[Office]) -> list[tuple[Office, str]]:
    """Return offices with their holders' names; those of erased people are left out."""
    rows = list(offices)
    names = member_names(office.member_id for office in rows)
    return [(office, names[office.member_id][0]) for office in rows if names.get(office.member_id, ("", None))[0]]


def note_pictures(chapter: Chapter) -> None:
    """Say which pictures the chapter's page shows."""
    shown = {chapter.cover_id, *(office.photo_id for office in current(chapter))}
    shown |= set(session().scalars(select(Photo.asset_id).where(Photo.chapter_id == chapter.id)))
    note_media(pages.KIND, chapter.id, [item for item in shown if item])
