"""Finding people of an org and all below it, to hand something to them: by name, pinyin, a number typed in full, or their ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from unionhall.base import db
from unionhall.members import identity
from unionhall.members.models import Member, Membership
from unionhall.members.queries import IN_FORCE
from unionhall.members.roster_queries import matches
from unionhall.orgs.models import Org
from unionhall.platform.access import in_subtree, unscoped

MOST = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found: `union` is the short name of their union, `mobile` masked, `account_id` None until they activate."""

    id: int
    name: str
    union: str
    mobile: str
    account_id: int | None


def find(org_path: str, *, words: str = "", ids: Iterable[int] | None = None, limit: int = 20) -> list[Found]:
    """Return people with a membership in force at or below an org, by name, for a caller who has judged that they may be seen.

    `words` is a part of the name, the beginning of its pinyin, or a mobile or identity number in full; with `ids` only these are looked
    for. Neither finds nobody.
    """
    if not words.strip() and ids is None:
        return []
    held = select(Membership.member_id).join(Org, Org.id == Membership.org_id)
    inside = held.where(Membership.status.in_(IN_FORCE), Membership.ended_on.is_(None), in_subtree(Org.path, org_path))
    wanted = select(Member).where(Member.id.in_(inside), Member.erased_at.is_(None)).order_by(Member.name_key, Member.id)
    if ids is not None:
        wanted = wanted.where(Member.id.in_(list(ids)))
    if words.strip():
        wanted = wanted.where(matches(words.strip()))
    rows = db.session().scalars(unscoped(wanted.limit(min(limit, MOST)), why="judged by the caller"))
    return [Found(row.id, row.name, row.org.short_name, identity.masked_mobile(row.mobile_sealed), row.account_id) for row in rows]
