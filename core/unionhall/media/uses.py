"""Where assets are used: written by the feature that shows them, in the transaction that makes it so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from unionhall.base import db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import SYSTEM, Actor, MediaPlace, MediaUser
from unionhall.host.registry import collect, isolated
from unionhall.media import addresses
from unionhall.media.models import Asset, Use
from unionhall.platform import access, pagecache

MOST_LISTED = 100
_STORED = re.compile(r'(?:src|href)="/media/(?:file/([a-z0-9]+)/|[a-z0-9]{2}/([a-z0-9-]+)\.)')


@dataclass(frozen=True)
class Named:
    """A place with what its kind is called."""

    label: str
    place: MediaPlace


@dataclass(frozen=True)
class Uses:
    """Where an asset is used: the places that the actor may know of, how many others there are, how many were not looked at."""

    named: tuple[Named, ...] = ()
    others: int = 0
    unlisted: int = 0

    @property
    def number(self) -> int:
        """Return in how many places it is used."""
        return len(self.named) + self.others + self.unlisted


def note_uses(kind: str, object_id: int, asset_ids: Iterable[int]) -> None:
    """Say which assets an object shows now; the set that was noted before is replaced. Raises Conflict for one just deleted."""
    wanted = set(asset_ids)
    mine = (Use.kind == kind) & (Use.object_id == object_id)
    noted = set(db.session().scalars(select(Use.asset_id).where(mine)))
    if wanted == noted:
        return
    if gone := noted - wanted:
        db.session().execute(delete(Use).where(mine, Use.asset_id.in_(gone)))
    try:
        with db.session().begin_nested():
            db.session().add_all(Use(asset_id=item, kind=kind, object_id=object_id) for item in sorted(wanted - noted))
    except db.IntegrityError as error:
        raise Conflict(_("用到的一张图或一个文件刚刚被删除了。请换一个，再保存一次。")) from error


def assets_in(html: str) -> set[int]:
    """Return the ids of the assets that a body shows or links to."""
    stems = {addresses.stem_of(document or picture) for document, picture in _STORED.findall(html)}
    if not stems:
        return set()
    return set(db.session().scalars(access.unscoped(select(Asset.id).where(Asset.stem.in_(stems)), why="shown in a body")))


def numbers(asset_ids: Sequence[int]) -> dict[int, int]:
    """Return {asset id: in how many places it is used}, those in use only."""
    if not asset_ids:
        return {}
    rows = db.session().execute(select(Use.asset_id, func.count()).where(Use.asset_id.in_(asset_ids)).group_by(Use.asset_id))
    return {row[0]: row[1] for row in rows}


def of(asset_id: int, actor: Actor) -> Uses:
    """Return where an asset is used, newest first, so many of each kind; what the actor may not see is counted, not named."""
    found, every = [], _by_kind(asset_id)
    listed = {kind: ids[:MOST_LISTED] for kind, ids in every.items()}
    for user in users():
        ids = listed.get(user.kind, [])
        places, _failed = isolated(user.kind, "places", lambda user=user, ids=ids: list(user.places(ids, actor))) if ids else ([], False)  # type: ignore[misc]
        found += [Named(str(user.label), place) for place in places or ()]
    looked_at = _number(listed)
    return Uses(tuple(found), looked_at - len(found), _number(every) - looked_at)


def is_settled(asset_id: int) -> bool:
    """Say whether the asset stands where only its reviewers may change the text, or where that cannot be told."""
    found = of(asset_id, SYSTEM)
    return len(found.named) < found.number or any(item.place.settled for item in found.named)


def purge_pages(asset_id: int) -> None:
    """Drop the public pages that show an asset, once this unit of work is stored."""
    every = _by_kind(asset_id)
    tags = [f"{user.page_tag}{item}" for user in users() for item in every.get(user.kind, [])]
    if tags:
        pagecache.purge(*tags)


def users() -> list[MediaUser]:
    """Return the kinds of object that show assets, of features and enabled plugins."""
    found: list[MediaUser] = collect("unionhall_media_users")
    return found


def _number(ids: dict[str, list[int]]) -> int:
    return sum(map(len, ids.values()))


def _by_kind(asset_id: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for use in db.session().scalars(select(Use).where(Use.asset_id == asset_id).order_by(Use.kind, Use.object_id.desc())):
        found.setdefault(use.kind, []).append(use.object_id)
    return found
