"""Asking to join a chapter, and what its officers answer. One open application for a person; two answers at once give one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    clock,
    notify,
    orgs_by_ids,
    record_audit,
    require,
    session,
    tidy,
    update_count,
    who_may,
)
from unionhall_chapters import rights
from unionhall_chapters.joining import admitting
from unionhall_chapters.joining.models import Application, Invite
from unionhall_chapters.models import Chapter, JoinRule

PAUSE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks: a member with their account, and what they wrote."""

    member_id: int
    account_id: int | None
    words: str = ""


def ask(chapter: Chapter, who: Asked, *, invite: Invite | None = None, actor: Actor, now: datetime) -> Application | None:
    """Ask to join; returns the application that waits now, None when the person is a member at once.

    Raises RuleBroken when the chapter takes nobody this way, or it is too soon after a refusal.
    """
    admitting.must_be_open(chapter)
    if admitting.belongs(chapter, who.member_id):
        raise RuleBroken(_("你已经是“%(name)s”的会员了。", name=chapter.name), code="here")
    if invite is None and chapter.join_rule == JoinRule.INVITATION:
        raise RuleBroken(_("这个协会凭邀请加入。请向协会负责人要一个邀请链接。"), code="by-invitation")
    if waiting := open_of(chapter, who.member_id):
        if invite is None:
            return waiting
        _close(waiting, "withdrawn", "", actor, now)
    if invite is None and (until := paused_until(chapter, who.member_id)) and now < until:
        raise RuleBroken(
            _("上次的申请没有通过，%(day)s以后可以再申请。", day=clock.local_day(until).isoformat()), code="too-soon"
        )
    if invite is not None:
        _use(invite, now)
    if invite is not None or chapter.join_rule == JoinRule.OPEN:
        admitting.admit(chapter, who.member_id, "invited" if invite else "asked", actor=actor, now=now)
        return None
    return _put_down(chapter, who, now)


def _put_down(chapter: Chapter, who: Asked, now: datetime) -> Application | None:
    made = Application(
        chapter_id=chapter.id, member_id=who.member_id, account_id=who.account_id, words=tidy(who.words, one_line=False)[:300],
        agreed_at=now, asked_at=now,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        return open_of(chapter, who.member_id)
    notify(
        "chapters.asked", who_may(rights.MANAGE, chapter.org_id, now), {"chapter": chapter.name}, key=f"{made.id}", now=now,
        url=f"/desk/chapters/{chapter.id}/applications/", org_id=chapter.org_id,
    )  # fmt: skip
    return made


def decide(application: Application, chapter: Chapter, *, accept: bool, reason: str = "", actor: Actor, now: datetime) -> None:
    """Answer an application. Raises NotAllowed, RuleBroken without a reason for a no, Conflict when it was answered already."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    words = tidy(reason)[:200]
    if not accept and not words:
        raise RuleBroken(_("不同意时请写明原因，申请人会看到。"), field="reason")
    if application.account_id is not None and application.account_id == actor.account_id:
        raise RuleBroken(_("不能审批自己的申请。请另一位负责人来办。"))
    _close(application, "accepted" if accept else "refused", words, actor, now)
    if accept:
        admitting.admit(chapter, application.member_id, "asked", actor=actor, now=now)
    record_audit("chapters.decided", f"application:{application.id}", actor=actor, now=now, org_id=chapter.org_id, accepted=accept)
    if application.account_id:
        notify(
            "chapters.accepted" if accept else "chapters.refused", [application.account_id],
            {"chapter": chapter.name, **({} if accept else {"reason": words})}, key=f"{application.id}", now=now,
            url=f"/chapters/{chapter.slug}/join", org_id=chapter.org_id,
        )  # fmt: skip


def withdraw(application: Application, *, actor: Actor, now: datetime) -> None:
    """Take one's own application back. Raises Conflict when it was answered already."""
    _close(application, "withdrawn", "", actor, now)


def _close(application: Application, state: str, reason: str, actor: Actor, now: datetime) -> None:
    statement = update(Application).where(Application.id == application.id, Application.state == "open").values(
        state=state, reason=reason, decided_at=now, decided_by=actor.account_id
    )  # fmt: skip
    if update_count(statement.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("这份申请已经办过了。请刷新后再看。"))
    session().refresh(application)


def _use(invite: Invite, now: datetime) -> None:
    room = update(Invite).where(
        Invite.id == invite.id, Invite.used < Invite.uses, Invite.expires_at > now, Invite.revoked_at.is_(None)
    ).values(used=Invite.used + 1)  # fmt: skip
    if update_count(room.execution_options(synchronize_session=False)) != 1:
        raise RuleBroken(_("这个邀请链接已经用完或过期了。请向协会负责人再要一个。"), code="invite-over")


def open_of(chapter: Chapter, member_id: int) -> Application | None:
    """Return the application of a member that waits for an answer."""
    mine = (Application.chapter_id == chapter.id) & (Application.member_id == member_id) & (Application.state == "open")
    return session().scalar(select(Application).where(mine))


def latest_of(chapter: Chapter, member_id: int) -> Application | None:
    """Return the newest application of a member."""
    mine = select(Application).where(Application.chapter_id == chapter.id, Application.member_id == member_id)
    return session().scalars(mine.order_by(Application.id.desc()).limit(1)).first()


def paused_until(chapter: Chapter, member_id: int) -> datetime | None:
    """Return until when somebody who was refused must wait, None for who was not."""
    last = latest_of(chapter, member_id)
    return last.decided_at + PAUSE if last and last.state == "refused" and last.decided_at else None


def get(chapter: Chapter, application_id: int) -> Application:
    """Return an application of a chapter. Raises NotFound."""
    found = session().get(Application, application_id)
    if found is None or found.chapter_id != chapter.id:
        raise NotFound()
    return found


def waiting(chapter: Chapter, limit: int = 200) -> list[Application]:
    """Return the applications that wait, the oldest first."""
    wanted = select(Application).where(Application.chapter_id == chapter.id, Application.state == "open")
    return list(session().scalars(wanted.order_by(Application.asked_at, Application.id).limit(limit)))


def answered(chapter: Chapter, limit: int = 50) -> list[Application]:
    """Return the applications that were answered lately."""
    wanted = select(Application).where(Application.chapter_id == chapter.id, Application.state.in_(("accepted", "refused")))
    return list(session().scalars(wanted.order_by(Application.decided_at.desc(), Application.id.desc()).limit(limit)))


def numbers(chapter_ids: Sequence[int]) -> dict[int, int]:
    """Return {chapter id: how many applications wait}."""
    statement = select(Application.chapter_id, func.count()).where(
        Application.chapter_id.in_(chapter_ids), Application.state == "open"
    ).group_by(Application.chapter_id)  # fmt: skip
    return {row[0]: row[1] for row in session().execute(statement)}
