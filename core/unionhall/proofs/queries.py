"""Reads of proofs: by number for everybody, one's own, and in the desk those of orgs in reach."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.base.text import like_escape
from unionhall.hooks.types import Actor
from unionhall.platform.access import scoped, unscoped
from unionhall.proofs import numbers
from unionhall.proofs.kinds import READ
from unionhall.proofs.models import Proof

PAGE = 50


def by_number(typed: str) -> Proof | None:
    """Return the proof with a number, None for every other text: it is never said how wrong a number is."""
    number = numbers.read(typed)
    if not number:
        return None
    wanted = select(Proof).where(Proof.number == number).options(joinedload(Proof.replaced_by))
    return db.session().scalar(unscoped(wanted, why="public"))


def of_member(member_id: int, kind: str = "") -> list[Proof]:
    """Return a person's own proofs, newest first."""
    wanted = select(Proof).where(Proof.member_id == member_id).order_by(Proof.id.desc())
    if kind:
        wanted = wanted.where(Proof.kind == kind)
    return list(db.session().scalars(unscoped(wanted, why="oneself")))


def mine(proof_id: int, member_id: int) -> Proof:
    """Return one's own proof. Raises NotFound for anybody else's."""
    wanted = select(Proof).where(Proof.id == proof_id, Proof.member_id == member_id)
    found = db.session().scalar(unscoped(wanted, why="oneself"))
    if found is None:
        raise NotFound()
    return found


def live(kind: str, member_id: int, subject: str) -> Proof | None:
    """Return the proof of a kind and subject that a person holds now."""
    wanted = select(Proof).where(Proof.kind == kind, Proof.member_id == member_id, Proof.subject == subject, Proof.live)
    return db.session().scalar(unscoped(wanted.execution_options(populate_existing=True), why="oneself"))


def get(proof_id: int, actor: Actor) -> Proof:
    """Return a proof of an org in the actor's reach. Raises NotFound otherwise."""
    found = db.session().scalar(scoped(select(Proof).where(Proof.id == proof_id), Proof, actor, READ))
    if found is None:
        raise NotFound()
    return found


def page(actor: Actor, below: str, number: int, *, words: str = "") -> tuple[list[Proof], int]:
    """Return one page of proofs in reach, newest first, and how many there are; `words` is a number, a name or a title."""
    where = []
    if words:
        pattern = f"%{like_escape(words)}%"
        texts = [column.like(pattern, escape="\\") for column in (Proof.name, Proof.title)]
        where = [or_(Proof.number == (numbers.read(words) or words.upper()), *texts)]
    wanted = scoped(select(Proof).where(*where), Proof, actor, READ, below)
    total = db.session().scalar(scoped(select(func.count(Proof.id)).where(*where), Proof, actor, READ, below)) or 0
    rows = db.session().scalars(wanted.order_by(Proof.id.desc()).limit(PAGE).offset((number - 1) * PAGE))
    return list(rows), total
