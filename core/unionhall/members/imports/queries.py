"""Reads of imports: lists and reports, within the actor's rights."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.members.imports.models import ImportLine, RosterImport
from unionhall.members.rights import IMPORT
from unionhall.platform import access

PAGE, LARGEST_ID = 50, 2**31 - 1


def get(import_id: int, actor: Actor) -> RosterImport:
    """Return an import into an org where the actor may import. Raises NotFound otherwise, as if it did not exist."""
    statement = select(RosterImport).where(RosterImport.id == min(import_id, LARGEST_ID))
    found: RosterImport | None = db.session().scalar(access.scoped(statement, RosterImport, actor, IMPORT))
    if found is None:
        raise NotFound()
    return found


def latest(actor: Actor, below: str, page: int) -> tuple[list[RosterImport], int]:
    """Return one page of the imports that the actor may see, newest first, and how many there are."""
    number = access.scoped(select(func.count(RosterImport.id)), RosterImport, actor, IMPORT, below)
    statement = access.scoped(select(RosterImport), RosterImport, actor, IMPORT, below)
    rows = db.session().scalars(statement.order_by(RosterImport.id.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return list(rows), db.session().scalar(number) or 0


def lines(found: RosterImport, outcome: str, page: int) -> list[ImportLine]:
    """Return one page of a report's lines with this outcome."""
    wanted = select(ImportLine).where(ImportLine.import_id == found.id, ImportLine.outcome == outcome)
    return list(db.session().scalars(wanted.order_by(ImportLine.id).limit(PAGE).offset((page - 1) * PAGE)))


def some_problems(import_id: int, most: int) -> Sequence[ImportLine]:
    """Return the first lines that cannot be imported."""
    wanted = select(ImportLine).where(ImportLine.import_id == import_id, ImportLine.outcome.in_(("conflict", "invalid")))
    return db.session().scalars(wanted.order_by(ImportLine.line).limit(most)).all()
