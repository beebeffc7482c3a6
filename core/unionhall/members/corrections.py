"""Requests to correct the roster: a member asks, the administrators of the union answer (PIPL art. 46)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.types import Actor
from unionhall.members.models import Member
from unionhall.members.own_models import Correction, CorrectionState
from unionhall.members.rights import MANAGE
from unionhall.members.words import SUBJECTS
from unionhall.notices.services import notify
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped

KIND = NoticeKind(
    "members.correction_answered",
    _l("更正请求有回复"),
    {
        "zh_CN": ("你提的更正有回复了", "你提出更正“{subject}”，单位工会已经回复。请到“我的信息”里看。"),
        "en": ("Your request was answered", "You asked to correct “{subject}”; your union has answered. See “My details”."),
    },
    {"subject": "手机号"},
)
MOST_OPEN, PAGE = 5, 50
_LONG_NUMBER = re.compile(r"[0-9０-９][0-9０-９\s-]{4,}[0-9０-９Xx]")


def ask(member: Member, subject: str, wish: str, *, actor: Actor, now: datetime) -> Correction:
    """Note what a member says is wrong; long numbers in it are masked: they are shown in person, not written here.

    Raises RuleBroken for an unknown subject or when five requests wait already.
    """
    if subject not in SUBJECTS:
        raise RuleBroken(_("请选哪一项不对。"), field="subject")
    db.session().execute(unscoped(select(Member.id).where(Member.id == member.id).with_for_update(), why="oneself"))
    open_ = (Correction.member_id == member.id) & (Correction.state == CorrectionState.OPEN)
    number = db.session().scalar(unscoped(select(func.count()).select_from(Correction).where(open_), why="oneself"))
    if (number or 0) >= MOST_OPEN:
        raise RuleBroken(_("你已经有 %(n)s 条在等处理，请等单位工会回复以后再提。", n=MOST_OPEN))
    text = _LONG_NUMBER.sub(lambda found: "*" * len(found.group()), tidy(wish, one_line=False))
    row = Correction(member_id=member.id, org_id=member.org_id, subject=subject, wish=text[:500], asked_at=now)
    db.session().add(row)
    db.session().flush()
    audit.record("members.correction_asked", f"correction:{row.id}", actor=actor, now=now, org_id=row.org_id, subject=subject)
    return row


def hand_over(source_id: int, target_id: int) -> None:
    """Give the requests of an org that is merged to the one that stays."""
    db.session().execute(update(Correction).where(Correction.org_id == source_id).values(org_id=target_id))


def of_member(member_id: int) -> Sequence[Correction]:
    """Return one's own requests, the latest first."""
    found = select(Correction).where(Correction.member_id == member_id).order_by(Correction.id.desc()).limit(PAGE)
    return db.session().scalars(unscoped(found, why="oneself")).all()


def get(correction_id: int, *, actor: Actor) -> Correction:
    """Return a request at an org where the actor manages members. Raises NotFound otherwise."""
    found = access.scoped(select(Correction).where(Correction.id == correction_id), Correction, actor, MANAGE)
    row = db.session().scalar(found)
    if row is None:
        raise NotFound()
    return row


def listed(*, actor: Actor, below: str | None, state: str, page: int) -> tuple[Sequence[Correction], int]:
    """Return a page of requests, the oldest open ones first, and how many there are."""
    found = access.scoped(select(Correction), Correction, actor, MANAGE, below)
    found = found.where(Correction.state == CorrectionState.OPEN if state == "open" else Correction.state != CorrectionState.OPEN)
    total = db.session().scalar(unscoped(select(func.count()).select_from(found.subquery()), why="counted")) or 0
    order = Correction.id if state == "open" else Correction.id.desc()
    return db.session().scalars(found.order_by(order).limit(PAGE).offset((page - 1) * PAGE)).all(), total


def waiting(actor: Actor) -> int:
    """Return how many requests wait where the actor manages members."""
    found = access.scoped(select(Correction.id).where(Correction.state == CorrectionState.OPEN), Correction, actor, MANAGE)
    return db.session().scalar(unscoped(select(func.count()).select_from(found.subquery()), why="counted")) or 0


def answer(row: Correction, *, done: bool, words: str, actor: Actor, now: datetime) -> None:
    """Close a request with a sentence to the member, who is told. Raises NotFound, NotAllowed, Conflict when it was closed already."""
    access.require(actor, MANAGE, row.org)
    state = CorrectionState.DONE if done else CorrectionState.REFUSED
    open_ = update(Correction).where(Correction.id == row.id, Correction.state == CorrectionState.OPEN)
    values = {"state": state.value, "answer": tidy(words, one_line=False)[:300], "decided_at": now, "decided_by": actor.account_id}
    if db.update_count(open_.values(**values)) != 1:
        raise Conflict(_("这条已经有人处理过了。"))
    audit.record("members.correction_answered", f"correction:{row.id}", actor=actor, now=now, org_id=row.org_id, done=done)
    if row.member.account_id is not None:
        what = {"subject": str(SUBJECTS.get(row.subject, row.subject))}
        notify(KIND.name, [row.member.account_id], what, key=str(row.id), url="/my/profile/", org_id=row.org_id, now=now)
