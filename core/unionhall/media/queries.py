"""Reads of the library, always as far as the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.media import rights
from unionhall.media.models import Asset, Folder
from unionhall.orgs.models import Org
from unionhall.platform import access

LARGEST_ID = 2**31 - 1
MOST_FOLDERS = 200
_S = TypeVar("_S", bound="Select[*tuple[Any, ...]]")


def visible(statement: _S, actor: Actor) -> _S:
    """Limit a SELECT on assets to what the actor finds in the library: their orgs' and what orgs above share."""
    if actor.system:
        return access.unscoped(statement, why="the system")
    paths = actor.paths(rights.USE)
    shared = Asset.shared & Asset.org_id.in_(select(access.ORG.c.id).where(access.ORG.c.path.in_(rights.above(paths))))
    return access.unscoped(statement.where(or_(access.within(Asset, paths), shared)), why=rights.USE)


def whole() -> Select[Asset]:
    """Return the SELECT of assets with what their pages show."""
    return select(Asset).options(joinedload(Asset.org), joinedload(Asset.folder), selectinload(Asset.tags))


def get(asset_id: int, actor: Actor) -> Asset:
    """Return an asset that the actor sees. Raises NotFound otherwise, as if it did not exist."""
    found = db.session().scalar(visible(whole().where(Asset.id == asset_id), actor)) if 0 < asset_id <= LARGEST_ID else None
    if found is None:
        raise NotFound()
    return found


def several(ids: list[int], actor: Actor) -> list[Asset]:
    """Return assets in the order of their ids. Raises NotFound when the actor does not see a single one of them."""
    wanted = [item for item in ids if 0 < item <= LARGEST_ID]
    found = {asset.id: asset for asset in db.session().scalars(visible(whole().where(Asset.id.in_(wanted)), actor))}
    if set(found) != set(ids):
        raise NotFound()
    return [found[item] for item in ids]


def seen(ids: Iterable[int], actor: Actor) -> list[Asset]:
    """Return those of the assets that the actor sees, in the order of their ids."""
    wanted = [item for item in dict.fromkeys(ids) if 0 < item <= LARGEST_ID]
    if not wanted:
        return []
    found = {asset.id: asset for asset in db.session().scalars(visible(whole().where(Asset.id.in_(wanted)), actor))}
    return [found[item] for item in wanted if item in found]


def by_ids(ids: Iterable[int]) -> dict[int, Asset]:
    """Return {id: asset}, for what shows or holds them already; whoever lets somebody choose judges them first."""
    wanted = {item for item in ids if 0 < item <= LARGEST_ID}
    if not wanted:
        return {}
    statement = select(Asset).options(joinedload(Asset.org)).where(Asset.id.in_(wanted))
    return {asset.id: asset for asset in db.session().scalars(access.unscoped(statement, why="held by what shows them"))}


def by_stems(stems: Iterable[str]) -> dict[str, Asset]:
    """Return {stem: asset}, for bodies that readers may see."""
    wanted = set(stems)
    if not wanted:
        return {}
    statement = access.unscoped(select(Asset).where(Asset.stem.in_(wanted)), why="shown in a published body")
    return {asset.stem: asset for asset in db.session().scalars(statement)}


def same_file(org_id: int, sha256: str) -> Asset | None:
    """Return the oldest asset of an org with these very bytes."""
    statement = whole().where(Asset.org_id == org_id, Asset.sha256 == sha256).order_by(Asset.id).limit(1)
    return db.session().scalar(access.unscoped(statement, why="the uploader's org"))


def folder(folder_id: int, actor: Actor) -> tuple[Folder, Org]:
    """Return a folder and its org, for who manages that org's library. Raises NotFound otherwise."""
    statement = select(Folder, Org).join(Org, Org.id == Folder.org_id).where(Folder.id == folder_id)
    row = db.session().execute(access.scoped(statement, Folder, actor, rights.MANAGE)).first() if folder_id <= LARGEST_ID else None
    if row is None:
        raise NotFound()
    return row[0], row[1]


def folder_names(org_id: int) -> list[str]:
    """Return the names of an org's folders."""
    statement = select(Folder.name).where(Folder.org_id == org_id).order_by(Folder.name).limit(MOST_FOLDERS)
    return list(db.session().scalars(access.unscoped(statement, why="of an asset that the actor sees")))


def shared_pictures(most: int) -> list[Asset]:
    """Return the newest pictures that their orgs share with those below, for demos and suggestions."""
    wanted = select(Asset).where(Asset.shared, Asset.kind == "image").order_by(Asset.id.desc()).limit(most)
    return list(db.session().scalars(access.unscoped(wanted, why="shared")))
