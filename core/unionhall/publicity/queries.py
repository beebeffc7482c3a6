"""Reads of notices. What runs and what ended lately is public; objections are for those who handle them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.platform.access import scoped, unscoped
from unionhall.publicity.models import Objection, PublicNotice, State

HANDLE = "publicity.handle"
SIZE = 30


def public(page: int) -> tuple[list[PublicNotice], int]:
    """Return a page of notices, those that run first, and how many there are."""
    shown = PublicNotice.erased_at.is_(None)
    rows = select(PublicNotice).where(shown).order_by(PublicNotice.state != State.OPEN, PublicNotice.from_on.desc(), PublicNotice.id.desc())
    total = db.session().scalar(unscoped(select(func.count()).select_from(PublicNotice).where(shown), why="public")) or 0
    return list(db.session().scalars(unscoped(rows.offset((page - 1) * SIZE).limit(SIZE), why="public"))), total


def notice(notice_id: int) -> PublicNotice:
    """Return a notice with its objections. Raises NotFound."""
    wanted = select(PublicNotice).where(PublicNotice.id == notice_id).options(selectinload(PublicNotice.objections))
    found = db.session().scalar(unscoped(wanted, why="public"))
    if found is None:
        raise NotFound()
    return found


def second(notice_id: int) -> PublicNotice | None:
    """Return the notice that came after this one was changed."""
    return db.session().scalar(unscoped(select(PublicNotice).where(PublicNotice.follows_id == notice_id), why="public"))


def of_owner(kind: str, owner_id: int) -> list[PublicNotice]:
    """Return the notices about one thing, the newest first."""
    wanted = select(PublicNotice).where(PublicNotice.kind == kind, PublicNotice.owner_id == owner_id).order_by(PublicNotice.id.desc())
    return list(db.session().scalars(unscoped(wanted, why="owner")))


def managed(notice_id: int, actor: Actor) -> PublicNotice:
    """Return a notice whose objections the actor handles. Raises NotFound otherwise."""
    found = db.session().scalar(scoped(select(PublicNotice).where(PublicNotice.id == notice_id), PublicNotice, actor, HANDLE))
    if found is None:
        raise NotFound()
    return found


def listed(actor: Actor, below: str, *, state: str, page: int) -> list[PublicNotice]:
    """Return a page of the notices in the actor's reach, and one more if there is one; those with open objections first."""
    wanted = scoped(select(PublicNotice), PublicNotice, actor, HANDLE, below)
    if state:
        wanted = wanted.where(PublicNotice.state == state)
    order = wanted.order_by(PublicNotice.waiting == 0, PublicNotice.state != State.OPEN, PublicNotice.id.desc())
    return list(db.session().scalars(order.offset((page - 1) * SIZE).limit(SIZE + 1)))


def waiting(actor: Actor) -> int:
    """Return how many objections wait for an answer where the actor handles them."""
    wanted = scoped(select(func.coalesce(func.sum(PublicNotice.waiting), 0)).select_from(PublicNotice), PublicNotice, actor, HANDLE)
    return int(db.session().scalar(wanted) or 0)


def objection(found: PublicNotice, objection_id: int) -> Objection:
    """Return an objection to a notice. Raises NotFound."""
    wanted = select(Objection).where(Objection.id == objection_id, Objection.notice_id == found.id)
    row = db.session().scalar(unscoped(wanted, why="the notice was judged"))
    if row is None:
        raise NotFound()
    return row


def by_key(notice_id: int, key: str) -> Objection | None:
    """Return the objection that a form with this key made."""
    wanted = select(Objection).where(Objection.notice_id == notice_id, Objection.key == key)
    return db.session().scalar(unscoped(wanted, why="replay"))


def of_account(account_id: int) -> list[Objection]:
    """Return what a person objected to."""
    wanted = select(Objection).where(Objection.account_id == account_id).order_by(Objection.id)
    return list(db.session().scalars(unscoped(wanted, why="oneself")))


def due(today: date) -> list[int]:
    """Return the ids of notices whose time is over and that nothing holds back."""
    wanted = select(PublicNotice.id).where(PublicNotice.state == State.OPEN, PublicNotice.until_on < today, PublicNotice.waiting == 0)
    return list(db.session().scalars(unscoped(wanted.order_by(PublicNotice.id), why="job")))


def to_erase(before: datetime) -> list[PublicNotice]:
    """Return notices that ended before a moment and still show names."""
    wanted = select(PublicNotice).where(PublicNotice.ended_at <= before, PublicNotice.erased_at.is_(None))
    return list(db.session().scalars(unscoped(wanted, why="job")))


def addresses() -> list[tuple[int, datetime]]:
    """Return (id, when it changed) of what readers may see."""
    wanted = select(PublicNotice.id, PublicNotice.updated_at).where(PublicNotice.erased_at.is_(None)).order_by(PublicNotice.id)
    return [(row.id, row.updated_at) for row in db.session().execute(unscoped(wanted, why="public"))]
