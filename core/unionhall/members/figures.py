"""The roster's figures for the leadership's report: people, each once at or below the org, whatever unions they have there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from unionhall.base import clock, db
from unionhall.hooks.reporting import ReportFigure
from unionhall.members.models import OVER, Member, Membership, MembershipChange, Status
from unionhall.members.roster_labels import STATUSES
from unionhall.members.states import RANK
from unionhall.platform import access

_GROUP = _l("会员")
_HERE = "figures"


def figures() -> Iterator[ReportFigure]:
    """Yield the figures."""
    yield ReportFigure("members.total", _l("期末在册会员"), _GROUP, "people", _standing(None), _rows("current"), standing=True, order=10)
    for place, status in enumerate(rank for rank in RANK if rank not in OVER):
        name, label = f"members.{status}", STATUSES[status][0]
        yield ReportFigure(name, label, _GROUP, "people", _standing(status), _rows(status.value), standing=True, order=11 + place)
    yield ReportFigure("members.joined", _l("新入会"), _GROUP, "people", joined, order=20)
    yield ReportFigure("members.gone", _l("退会和转出"), _GROUP, "people", gone, order=21)
    yield ReportFigure("members.activated", _l("新激活"), _GROUP, "people", activated, order=22)


def joined(org_path: str, since: date, until: date) -> int:
    """Count the people who joined at or below the org in the period, and were not there the day before."""
    before = aliased(Membership)
    was_there = select(before.id).where(
        before.member_id == Membership.member_id, access.within(before, [org_path]), before.joined_on < since,
        or_(before.ended_on.is_(None), before.ended_on >= since),
    )  # fmt: skip
    within = and_(Membership.joined_on >= since, Membership.joined_on < until, access.within(Membership, [org_path]))
    return _count(select(func.count(func.distinct(Membership.member_id))).where(within, ~was_there.exists()))


def gone(org_path: str, since: date, until: date) -> int:
    """Count the people whose last membership at or below the org ended in the period."""
    still = aliased(Membership)
    is_there = select(still.id).where(
        still.member_id == Membership.member_id, access.within(still, [org_path]), still.joined_on < until,
        or_(still.ended_on.is_(None), still.ended_on >= until),
    )  # fmt: skip
    within = and_(Membership.ended_on >= since, Membership.ended_on < until, access.within(Membership, [org_path]))
    return _count(select(func.count(func.distinct(Membership.member_id))).where(within, ~is_there.exists()))


def activated(org_path: str, since: date, until: date) -> int:
    """Count the people with a membership at or below the org who activated in the period."""
    current = and_(Membership.member_id == Member.id, Membership.ended_on.is_(None))
    held = select(Membership.id).where(current, access.within(Membership, [org_path]))
    within = and_(Member.activated_at >= _start(since), Member.activated_at < _start(until))
    return _count(select(func.count(Member.id)).where(within, held.exists()))


def _standing(status: Status | None) -> Callable[[str, date, date], int]:
    """Return the count of people who are in a status (any that is current: None) at the end of a period."""

    def count(org_path: str, _since: date, until: date) -> int:
        there = and_(Membership.joined_on < until, or_(Membership.ended_on.is_(None), Membership.ended_on >= until))
        inside = and_(there, access.within(Membership, [org_path]))
        if status is None:
            return _count(select(func.count(func.distinct(Membership.member_id))).where(inside))
        ranks = select(func.min(_rank_at(until)).label("rank")).where(inside).group_by(Membership.member_id).subquery()
        return _count(select(func.count()).select_from(ranks).where(ranks.c.rank == RANK.index(status)))

    return count


def _rank_at(until: date) -> ColumnElement[int]:
    """Return the rank of what a membership was at the end of the day before `until`: its last step before that, else what it is now."""
    step = aliased(MembershipChange)
    last = select(step.status).where(step.membership_id == Membership.id, step.status.is_not(None), step.at < _start(until))
    then = func.coalesce(last.order_by(step.id.desc()).limit(1).correlate(Membership).scalar_subquery(), Membership.status)
    return case({status.value: place for place, status in enumerate(RANK)}, value=then, else_=0)


def _start(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time.min))


def _rows(tab: str) -> Callable[[str, date, date], str]:
    return lambda _path, _since, _until: url_for("members_desk.members", tab=tab)


def _count(statement: Select[Any]) -> int:
    return db.session().scalar(access.unscoped(statement, why=_HERE)) or 0
