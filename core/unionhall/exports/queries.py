"""Reads of exports: one's own, and for who may read the log, all of their orgs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.exports.models import Export
from unionhall.exports.sources import LOG
from unionhall.hooks.types import Actor
from unionhall.platform import access

PAGE, LARGEST_ID = 50, 2**31 - 1


def get(export_id: int, actor: Actor) -> Export:
    """Return one's own export, or one of an org whose log the actor may read. Raises NotFound otherwise."""
    statement = select(Export).where(Export.id == min(export_id, LARGEST_ID), or_(_own(actor), access.within(Export, actor.paths(LOG))))
    found: Export | None = db.session().scalar(access.unscoped(statement, why="one's own, or the log"))
    if found is None:
        raise NotFound()
    return found


def latest(actor: Actor, below: str, page: int, *, everybodys: bool) -> tuple[list[Export], int]:
    """Return one page of one's own exports, or of everybody's in the orgs whose log one may read, and how many there are."""

    def wanted(what: Select[Any]) -> Select[Any]:
        if everybodys:
            return access.scoped(what, Export, actor, LOG, below)
        return access.unscoped(what.where(_own(actor)), why="one's own")

    rows = db.session().scalars(wanted(select(Export)).order_by(Export.id.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return list(rows), db.session().scalar(wanted(select(func.count(Export.id)))) or 0


def days_left(export: Export, now: datetime) -> int:
    """Return for how many more days the file is kept, rounded up."""
    return max(0, -(-((export.expires_at or now) - now) // timedelta(days=1)))


def _own(actor: Actor) -> ColumnElement[bool]:
    return Export.created_by == (actor.account_id or 0)
