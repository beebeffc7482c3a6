"""The library as a list: what it is narrowed to, in which order, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select, true

from unionhall.base import db
from unionhall.base.text import fold, like_escape
from unionhall.hooks.types import Actor
from unionhall.media import queries, rights
from unionhall.media.models import Asset, AssetTag, Folder, Kind, Use
from unionhall.orgs.models import Org
from unionhall.platform import access

PAGE = 48
MOST_CHOICES = 200
MOST_WORDS = 5
SORTS: dict[str, Any] = {
    "new": Asset.created_at.desc(), "old": Asset.created_at.asc(), "large": Asset.bytes.desc(), "small": Asset.bytes.asc(),
}  # fmt: skip
STATES = ("unused", "no-credit", "no-alt", "loose")
PLACES = ("", "here", "mine", "shared")


@dataclass(frozen=True)
class Filter:
    """What the library is narrowed to: `below` is the org path one works in, `place` a part of it ("here", "mine", "shared")."""

    below: str = ""
    search: str = ""
    kind: str = ""
    folder: str = ""
    tag: str = ""
    state: str = ""
    place: str = ""
    sort: str = "new"
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """True when something is left out."""
        return bool(self.search or self.kind or self.folder or self.tag or self.state or self.place)


@dataclass(frozen=True)
class Counts:
    """How much there is in the org one works in and below it."""

    images: int
    documents: int
    uncredited: int


def listed(actor: Actor, wanted: Filter, *, size: int = PAGE) -> tuple[list[Asset], int]:
    """Return a page of assets, and how many there are."""
    conditions = [*_of_place(actor, wanted), *_conditions(wanted)]
    total = db.session().scalar(queries.visible(select(func.count()).select_from(Asset).where(*conditions), actor)) or 0
    rows = queries.whole().where(*conditions).order_by(SORTS[wanted.sort], Asset.id.desc())
    page = queries.visible(rows.limit(size).offset((wanted.page - 1) * size), actor)
    return list(db.session().scalars(page)), total


def part(actor: Actor, wanted: Filter, *, before: int | None, limit: int) -> list[Asset]:
    """Return the newest assets of a list below the id `before`, whole pages of it for a file."""
    conditions = [*_of_place(actor, wanted), *_conditions(wanted)]
    if before is not None:
        conditions.append(Asset.id < before)
    rows = queries.whole().where(*conditions).order_by(Asset.id.desc()).limit(limit)
    return list(db.session().scalars(queries.visible(rows, actor)))


def counts(actor: Actor, below: str) -> Counts:
    """Return the numbers at the head of the library."""
    image = Asset.kind == Kind.IMAGE.value
    columns = (func.count().filter(image), func.count().filter(not_(image)), func.count().filter(image, Asset.credit == ""))
    row = db.session().execute(queries.visible(_below(select(*columns).select_from(Asset), below), actor)).one()
    return Counts(*row)


def folder_names(actor: Actor, below: str) -> list[str]:
    """Return the names of the folders in reach, for the filter."""
    statement = select(Folder.name).distinct().where(access.within(Folder, [below]) if below else true())
    scoped = access.scoped(statement.order_by(Folder.name).limit(MOST_CHOICES), Folder, actor, rights.USE)
    return list(db.session().scalars(scoped))


def tags(actor: Actor, below: str) -> list[str]:
    """Return the words that most assets in reach are filed under, for the filter."""
    statement = select(AssetTag.name).join(Asset, Asset.id == AssetTag.asset_id).group_by(AssetTag.name)
    rows = _below(statement, below).order_by(func.count().desc(), AssetTag.name).limit(MOST_CHOICES)
    return sorted(db.session().scalars(queries.visible(rows, actor)))


def _below(statement: Select[*tuple[Any, ...]], below: str) -> Select[*tuple[Any, ...]]:
    return statement.where(access.within(Asset, [below])) if below else statement


def _of_place(actor: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    here = access.within(Asset, [wanted.below]) if wanted.below else true()
    if wanted.place == "here":
        return [Asset.org_id.in_(select(access.ORG.c.id).where(access.ORG.c.path == wanted.below))]
    if wanted.place == "mine":
        return [Asset.uploaded_by == actor.account_id]
    return [Asset.shared.is_(True), not_(here)] if wanted.place == "shared" else [here]


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for word in fold(wanted.search).split(" ")[:MOST_WORDS]:
        if word:
            found.append(Asset.words.like(f"%{like_escape(word)}%", escape="\\"))
    if wanted.kind:
        found.append(Asset.kind == wanted.kind)
    if wanted.folder:
        found.append(Asset.folder_id.in_(access.unscoped(select(Folder.id).where(Folder.name == wanted.folder), why="of assets in reach")))
    if wanted.tag:
        found.append(Asset.id.in_(select(AssetTag.asset_id).where(AssetTag.name == wanted.tag)))
    if wanted.state:
        found.append(_state(wanted.state))
    return found


def _state(state: str) -> ColumnElement[bool]:
    image = Asset.kind == Kind.IMAGE.value
    return {
        "unused": not_(exists().where(Use.asset_id == Asset.id)),
        "no-credit": and_(image, Asset.credit == ""),
        "no-alt": and_(image, Asset.alt == ""),
        "loose": Asset.folder_id.is_(None),
    }[state]


def folders(actor: Actor, below: str) -> list[tuple[Folder, Org, int]]:
    """Return the folders of the orgs that the actor looks after, with how many assets lie in each."""
    number = select(func.count()).where(Asset.folder_id == Folder.id).correlate(Folder).scalar_subquery()
    statement = select(Folder, Org, number).join(Org, Org.id == Folder.org_id).order_by(Org.path, Folder.name).limit(MOST_CHOICES)
    rows = db.session().execute(access.scoped(statement, Folder, actor, rights.MANAGE, below or None))
    return [(row[0], row[1], row[2]) for row in rows]


def number_in(folder: Folder) -> int:
    """Return how many assets lie in a folder."""
    statement = select(func.count()).select_from(Asset).where(Asset.folder_id == folder.id)
    return db.session().scalar(access.unscoped(statement, why="a folder that the actor looks after")) or 0


def number_of(org_id: int) -> int:
    """Return how many assets an org has, for the preview of a merger."""
    statement = select(func.count()).select_from(Asset).where(Asset.org_id == org_id)
    return db.session().scalar(access.unscoped(statement, why="merge preview")) or 0
