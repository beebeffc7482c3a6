"""Links by which so many people may join until a day. The link holds a signed number; what it is good for stands in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    NotFound,
    RuleBroken,
    orgs_by_ids,
    record_audit,
    require,
    session,
    sign,
    tidy,
    unsign,
)
from unionhall_chapters import rights
from unionhall_chapters.joining.models import Invite
from unionhall_chapters.models import Chapter

PURPOSE, MOST_USES, MOST_DAYS = "chapters.invite", 500, 90


def make(chapter: Chapter, *, label: str, uses: int, days: int, actor: Actor, now: datetime) -> Invite:
    """Make a link. Raises NotAllowed, RuleBroken."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    if not 1 <= uses <= MOST_USES:
        raise RuleBroken(_("一个链接可以用 1 到 %(n)s 次。", n=MOST_USES), field="uses")
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken(_("链接的有效期是 1 到 %(n)s 天。", n=MOST_DAYS), field="days")
    made = Invite(
        chapter_id=chapter.id, label=tidy(label)[:60], uses=uses, expires_at=now + timedelta(days=days), created_by=actor.account_id,
        created_at=now,
    )  # fmt: skip
    session().add(made)
    session().flush()
    record_audit("chapters.invited", f"chapter:{chapter.id}", actor=actor, now=now, org_id=chapter.org_id, uses=uses)
    return made


def revoke(invite: Invite, chapter: Chapter, *, actor: Actor, now: datetime) -> None:
    """Make a link useless from now on. Raises NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    invite.revoked_at = invite.revoked_at or now
    session().flush()


def token(invite: Invite) -> str:
    """Return what stands in the link."""
    return sign(PURPOSE, invite.id)


def of_token(chapter: Chapter, text: str, now: datetime) -> Invite | None:
    """Return the invitation of a link while it is good for this chapter; None otherwise."""
    number = unsign(PURPOSE, text, MOST_DAYS * 24 * 3600) if text and len(text) < 300 else None
    found = session().get(Invite, number) if isinstance(number, int) else None
    if found is None or found.chapter_id != chapter.id or not good(found, now):
        return None
    return found


def good(invite: Invite, now: datetime) -> bool:
    """Say whether a link still lets somebody in."""
    return invite.revoked_at is None and invite.used < invite.uses and now < invite.expires_at


def get(chapter: Chapter, invite_id: int) -> Invite:
    """Return an invitation of a chapter. Raises NotFound."""
    found = session().get(Invite, invite_id)
    if found is None or found.chapter_id != chapter.id:
        raise NotFound()
    return found


def of_chapter(chapter: Chapter) -> list[Invite]:
    """Return a chapter's links, the newest first."""
    return list(session().scalars(select(Invite).where(Invite.chapter_id == chapter.id).order_by(Invite.id.desc()).limit(20)))
