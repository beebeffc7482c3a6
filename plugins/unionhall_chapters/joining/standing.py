"""The steps of a chapter: founded, active, suspended, dissolved, merged. One statement changes the state, so that of two only one does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    Org,
    RuleBroken,
    clock,
    close_org,
    leave_union,
    merge_org,
    orgs_by_ids,
    record_audit,
    require,
    roster_lines,
    session,
    tidy,
    update_count,
)
from unionhall_chapters import pages, rights, seams
from unionhall_chapters.joining import offices
from unionhall_chapters.joining.models import Application, Belonging, ChapterStep, Congress, Invite
from unionhall_chapters.joining.states import MERGING, STEPS, Step
from unionhall_chapters.models import Chapter, ChapterState


def take_step(chapter: Chapter, name: str, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """Take a step of `states.STEPS`. Raises NotAllowed, RuleBroken when something is still missing, Conflict."""
    step, words = STEPS[name], tidy(reason)[:200]
    require(actor, step.right, orgs_by_ids([chapter.parent_id])[chapter.parent_id])
    if step.reason and not words:
        raise RuleBroken(_("请写明原因，会记入档案。"), field="reason")
    _guard(chapter, step, now)
    _move(chapter, [state.value for state in step.sources], step.target, now)
    if step.target is ChapterState.DISSOLVED:
        _wind_up(chapter, words, actor=actor, now=now)
    if step.name == "found":
        chapter.founded_on = chapter.founded_on or clock.local_day(now)
    note(chapter, name, reason=words, actor=actor, now=now)


def merge(chapter: Chapter, into: Chapter, *, reason: str, actor: Actor, now: datetime) -> None:
    """Merge a chapter into another, with its members and office holders; its address leads to the other.

    Raises NotAllowed unless the actor may at both unions above, RuleBroken, Conflict.
    """
    orgs = orgs_by_ids([chapter.org_id, into.org_id, chapter.parent_id, into.parent_id])
    require(actor, rights.FOUND, orgs[chapter.parent_id])
    require(actor, rights.FOUND, orgs[into.parent_id])
    if chapter.id == into.id or not into.open:
        raise RuleBroken(_("请选一个在运行的协会。"), field="target")
    if not (words := tidy(reason)[:200]):
        raise RuleBroken(_("请写明原因，会记入档案。"), field="reason")
    _move(chapter, [state.value for state in MERGING], ChapterState.DISSOLVED, now)
    chapter.merged_into_id = into.id
    session().flush()
    merge_org(orgs[chapter.org_id], orgs[into.org_id], actor=SYSTEM, now=now)
    note(chapter, "merged", reason=words, detail={"into": into.name}, actor=actor, now=now)
    note(into, "absorbed", reason=words, detail={"from": chapter.name}, actor=actor, now=now)


def note(chapter: Chapter, step: str, *, reason: str = "", detail: dict[str, Any] | None = None, actor: Actor, now: datetime) -> None:
    """Keep a step in the chapter's history and the audit trail, and drop the pages that show it."""
    session().add(ChapterStep(chapter_id=chapter.id, at=now, step=step, reason=reason, detail=detail or {}, actor_id=actor.account_id))
    session().flush()
    record_audit(f"chapters.{step}", f"chapter:{chapter.id}", actor=actor, now=now, org_id=chapter.org_id)
    pages.changed(chapter, now=now)


def hold_congress(chapter: Chapter, ballot: offices.Ballot, *, actor: Actor, now: datetime) -> Congress:
    """Note a congress, and that it was held in the chapter's history. Raises NotAllowed, RuleBroken."""
    made = offices.note_congress(chapter, ballot, actor=actor, now=now)
    note(chapter, "congress", actor=actor, now=now)
    return made


def congress_of(chapter: Chapter) -> Congress | None:
    """Return the newest congress of a chapter."""
    wanted = select(Congress).where(Congress.chapter_id == chapter.id).order_by(Congress.held_on.desc(), Congress.id.desc())
    return session().scalars(wanted.limit(1)).first()


def carried(congress: Congress) -> bool:
    """Say whether a congress counts: two thirds of those entitled came, and more than half of those who came agreed."""
    return congress.present * 3 >= congress.eligible * 2 and congress.yes * 2 > congress.present


def _guard(chapter: Chapter, step: Step, now: datetime) -> None:
    if step.guard == "congress":
        held = congress_of(chapter)
        if held is None:
            raise RuleBroken(_("还没有登记成立大会。请先登记大会日期和表决结果。"), code="no-congress")
        if not carried(held):
            raise RuleBroken(
                _("成立大会没有通过：应到 %(eligible)s 人，实到 %(present)s 人，赞成 %(yes)s 票。要有三分之二到会、到会的过半数赞成。",
                  eligible=held.eligible, present=held.present, yes=held.yes), code="not-carried",
            )  # fmt: skip
    if step.guard == "heads" and not offices.headed(chapter, clock.local_day(now)):
        raise RuleBroken(_("现在没有在任的负责人。请先登记选举结果，再任命负责人。"), code="nobody-heads")
    if step.guard == "unblocked" and (why := seams.blocked(chapter)):
        raise RuleBroken(_("现在还不能注销：%(why)s", why=" ".join(why)), code="blocked")


def _move(chapter: Chapter, sources: list[str], target: ChapterState, now: datetime) -> None:
    statement = update(Chapter).where(Chapter.id == chapter.id, Chapter.state.in_(sources)).values(
        state=target.value, updated_at=now, version=Chapter.version + 1
    )  # fmt: skip
    if update_count(statement.execution_options(synchronize_session=False, unionhall_scope="step")) != 1:
        raise Conflict(_("协会的状态已经变了，这一步现在做不了。请刷新后再看。"))
    session().refresh(chapter)


def _wind_up(chapter: Chapter, reason: str, *, actor: Actor, now: datetime) -> None:
    """End what a dissolved chapter still has: offices, memberships, open applications, invitations, its org."""
    for office in offices.current(chapter):
        offices.step_down(office, actor=SYSTEM, now=now)
    words = _("协会注销：%(why)s", why=reason)[:200]
    while lines := roster_lines(chapter.org_id, limit=200):
        for line in lines:
            leave_union(line.member_id, chapter.org_id, reason=words, actor=SYSTEM, now=now)
    quiet = {"synchronize_session": False}
    for statement in (
        update(Belonging).where(Belonging.chapter_id == chapter.id, Belonging.left_at.is_(None)).values(left_at=now),
        update(Invite).where(Invite.chapter_id == chapter.id, Invite.revoked_at.is_(None)).values(revoked_at=now),
        update(Application).where(Application.chapter_id == chapter.id, Application.state == "open")
        .values(state="refused", reason=words, decided_at=now, decided_by=actor.account_id),
    ):  # fmt: skip
        session().execute(statement.execution_options(**quiet))
    session().expire_all()
    org: Org = orgs_by_ids([chapter.org_id])[chapter.org_id]
    if org.active:
        close_org(org, actor=SYSTEM, now=now)
