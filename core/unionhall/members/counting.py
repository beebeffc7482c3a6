"""How many people belong to the orgs that a plugin names, each once however many of them they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from unionhall.base import db
from unionhall.members.models import Membership, Status
from unionhall.platform.access import unscoped


@dataclass(frozen=True, slots=True)
class Belong:
    """How many belong: `people` counts each person once, `second` those of them for whom it is beside another union."""

    people: int
    second: int


def belonging(orgs: Select[Any], until: date) -> Belong:
    """Return how many belonged to these orgs together at the end of the day before `until`; `orgs` selects their ids."""
    row = db.session().execute(unscoped(select(*_numbers()).where(_there(orgs, until)), why="figures")).one()
    return Belong(int(row[0]), int(row[1]))


def belonging_by_org(orgs: Select[Any], until: date) -> dict[int, Belong]:
    """Return {org id: how many belonged to that one}, all in one query."""
    wanted = select(Membership.org_id, *_numbers()).where(_there(orgs, until)).group_by(Membership.org_id)
    rows = db.session().execute(unscoped(wanted, why="figures"))
    return {org_id: Belong(int(people), int(second)) for org_id, people, second in rows}


def _numbers() -> tuple[ColumnElement[int], ColumnElement[int]]:
    second = case((Membership.is_primary, None), else_=Membership.member_id)
    return func.count(func.distinct(Membership.member_id)), func.count(func.distinct(second))


def _there(orgs: Select[Any], until: date) -> ColumnElement[bool]:
    current = or_(Membership.ended_on.is_(None), Membership.ended_on >= until)
    return and_(Membership.org_id.in_(orgs), Membership.joined_on < until, current, Membership.status != Status.PENDING.value)
