"""Reads of transfers: an actor sees those that leave or reach an org whose members they look after."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from unionhall.base import db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.members.models import Member, MemberTransfer
from unionhall.members.rights import READ
from unionhall.orgs.models import Org, OrgStatus
from unionhall.platform import access

PAGE, LARGEST_ID = 50, 2**31 - 1
ALIKE, FOUND, SHORTEST = 6, 20, 2


def get(transfer_id: int, actor: Actor) -> MemberTransfer:
    """Return a transfer that the actor may know of. Raises NotFound otherwise."""
    wanted = select(MemberTransfer).where(MemberTransfer.id == min(transfer_id, LARGEST_ID), _known(actor))
    found: MemberTransfer | None = db.session().scalar(access.unscoped(wanted, why=READ))
    if found is None:
        raise NotFound()
    return found


def listed(actor: Actor, below: str, *, page: int, only_open: bool) -> tuple[list[MemberTransfer], int]:
    """Return a page of transfers that touch the scope, newest first, and how many there are."""
    wanted = select(MemberTransfer).where(_known(actor), _touching(below))
    if only_open:
        wanted = wanted.where(MemberTransfer.state == "asked")
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(wanted.subquery()), why="counted")) or 0
    part = wanted.order_by(MemberTransfer.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return list(db.session().scalars(access.unscoped(part, why=READ))), total


def waiting(actor: Actor, below: str) -> int:
    """Return how many transfers wait for a word from the scope."""
    side_to = and_(MemberTransfer.asked_by_side == "from", _in(MemberTransfer.to_org_id, [below]))
    side_from = and_(MemberTransfer.asked_by_side == "to", _in(MemberTransfer.org_id, [below]))
    wanted = select(func.count(MemberTransfer.id)).where(_known(actor), MemberTransfer.state == "asked", or_(side_to, side_from))
    return db.session().scalar(access.unscoped(wanted, why=READ)) or 0


def open_of(member_id: int) -> MemberTransfer | None:
    """Return a person's open transfer, for whoever may see the person."""
    wanted = select(MemberTransfer).where(MemberTransfer.member_id == member_id, MemberTransfer.state == "asked")
    found: MemberTransfer | None = db.session().scalar(access.unscoped(wanted, why="seen with the person"))
    return found


def latest_own(member: Member) -> MemberTransfer | None:
    """Return a person's own open transfer, else their last one, for the person themself."""
    wanted = select(MemberTransfer).where(MemberTransfer.member_id == member.id).order_by(MemberTransfer.id.desc()).limit(1)
    found: MemberTransfer | None = db.session().scalar(access.unscoped(wanted, why="oneself"))
    return found


def org_named(words: str) -> Org:
    """Return the org at work that a name, short name or address means. Raises RuleBroken for none, or for several."""
    name = tidy(words)
    if not name:
        raise RuleBroken(_("请写明接收会籍的工会。"), field="to_org")
    same = or_(Org.name == name, Org.short_name == name, Org.slug == name)
    found = list(db.session().scalars(select(Org).where(same, Org.status == OrgStatus.ACTIVE).limit(ALIKE)))
    if len(found) == 1:
        return found[0]
    if found:
        names = _("、").join(org.name for org in found)
        raise RuleBroken(_("叫这个名字的工会有几个：%(names)s。请写全称。", names=names), field="to_org")
    raise RuleBroken(_("没有叫“%(name)s”的工会。请写全称、简称，或者它网址里的名字。", name=name), field="to_org")


def orgs_like(words: str) -> list[Org]:
    """Return orgs at work whose name holds these words, the upper ones first; of a single character, none."""
    name = tidy(words)
    if len(name) < SHORTEST:
        return []
    like = or_(Org.name.contains(name, autoescape=True), Org.short_name.contains(name, autoescape=True))
    return list(db.session().scalars(select(Org).where(like, Org.status == OrgStatus.ACTIVE).order_by(Org.path).limit(FOUND)))


def _known(actor: Actor) -> ColumnElement[bool]:
    paths = ["/"] if actor.system else list(actor.paths(READ))
    return or_(_in(MemberTransfer.org_id, paths), _in(MemberTransfer.to_org_id, paths))


def _touching(below: str) -> ColumnElement[bool]:
    return or_(_in(MemberTransfer.org_id, [below]), _in(MemberTransfer.to_org_id, [below]))


def _in(column: Any, paths: list[str]) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = column.in_(select(Org.id).where(or_(Org.id < 0, *(access.in_subtree(Org.path, path) for path in paths))))
    return inside

