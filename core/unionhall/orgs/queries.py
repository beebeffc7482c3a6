"""Reads of the org tree. What is public of an org is public to all; the rest is scoped by grants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import joinedload

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.base.text import like_escape
from unionhall.orgs.models import Org, OrgChange, OrgStatus
from unionhall.platform import access
from unionhall.platform.access import Actor
from unionhall.platform.pagecache import remembered


@dataclass(frozen=True)
class Node:
    """An org in a drawn tree, with the orgs right below it."""

    org: Org
    children: tuple[Node, ...]


def root() -> Org:
    """Return the root org. Raises NotFound on a site that was never set up."""
    org = db.session().scalar(select(Org).where(Org.is_root))
    if org is None:
        raise NotFound()
    return org


def by_slug(slug: str) -> Org:
    """Return an org by its address. Raises NotFound."""
    org = db.session().scalar(select(Org).where(Org.slug == slug))
    if org is None:
        raise NotFound()
    return org


def by_ids(ids: Iterable[int]) -> dict[int, Org]:
    """Return {id: org} of those that there are."""
    return {org.id: org for org in db.session().scalars(select(Org).where(Org.id.in_(set(ids))))}


def holder_of_slug(slug: str) -> Org | None:
    """Return the org that has this address, else the last one that had it."""
    had = select(OrgChange.org_id).where(OrgChange.before["slug"].as_string() == slug).order_by(OrgChange.id.desc()).limit(1)
    found = db.session().scalar(select(Org).where(Org.slug == slug))
    return found or db.session().scalar(select(Org).where(Org.id == had.scalar_subquery()))


def by_path(path: str) -> Org | None:
    """Return the org with this path, if there is one."""
    return db.session().scalar(select(Org).where(Org.path == path))


def get(org_id: int, *, actor: Actor, permission: str) -> Org:
    """Return an org at which the actor holds the permission. Raises NotFound otherwise, as if it did not exist."""
    org = db.session().get(Org, org_id)
    if org is None or not access.can(actor, permission, org):
        raise NotFound()
    return org


def ancestors(org: Org) -> list[Org]:
    """Return the orgs above, root first."""
    ids = [int(part) for part in org.path.strip("/").split("/")][:-1]
    found = {item.id: item for item in db.session().scalars(select(Org).where(Org.id.in_(ids)))} if ids else {}
    return [found[item] for item in ids]


def children(org: Org) -> list[Org]:
    """Return the orgs right below that are at work, in their order."""
    statement = select(Org).where(Org.parent_id == org.id, Org.status == OrgStatus.ACTIVE)
    return list(db.session().scalars(statement.order_by(Org.position, Org.id)))


@dataclass(frozen=True, slots=True)
class Place:
    """An org as a filter names it."""

    id: int
    slug: str
    short_name: str


def regions() -> tuple[Place, ...]:
    """Return the orgs right below the root that are at work, in their order; remembered."""

    def read() -> tuple[Place, ...]:
        return tuple(Place(org.id, org.slug, org.short_name) for org in children(root()))

    return remembered("orgs.regions", read)


def at_work_below(org: Org) -> int:
    """Return how many orgs below this one are at work."""
    below = select(func.count()).where(access.in_subtree(Org.path, org.path), Org.id != org.id, Org.status == OrgStatus.ACTIVE)
    return db.session().scalar(below) or 0


def at_work_after(after: int, limit: int, *, parent_id: int | None = None, kind: str | None = None) -> list[Org]:
    """Return orgs at work with ids above `after`, ascending, with the one above each; of one parent or kind only, if given."""
    statement = select(Org).where(Org.status == OrgStatus.ACTIVE, Org.id > after).options(joinedload(Org.parent))
    if parent_id is not None:
        statement = statement.where(Org.parent_id == parent_id)
    if kind is not None:
        statement = statement.where(Org.kind == kind)
    return list(db.session().scalars(statement.order_by(Org.id).limit(limit)))


def height(org: Org) -> int:
    """Return how many levels the org and those below it take, 1 for an org alone."""
    deepest = select(func.max(_level())).where(access.in_subtree(Org.path, org.path))
    return (db.session().scalar(deepest) or 1) - org.depth


def upper(levels: int) -> list[Org]:
    """Return the orgs at work on the topmost levels, in tree order."""
    return _in_tree_order(list(db.session().scalars(select(Org).where(Org.status == OrgStatus.ACTIVE, _level() <= levels))))


def addresses() -> list[tuple[str, datetime]]:
    """Return (slug, last change) of every org at work, for the sitemap."""
    rows = db.session().execute(select(Org.slug, Org.updated_at).where(Org.status == OrgStatus.ACTIVE).order_by(Org.id))
    return [(row.slug, row.updated_at) for row in rows]


def numbers_below(ids: Iterable[int]) -> dict[int, int]:
    """Return {org id: how many orgs at work stand right below it}."""
    rows = db.session().execute(
        select(Org.parent_id, func.count())
        .where(Org.parent_id.in_(list(ids)), Org.status == OrgStatus.ACTIVE)
        .group_by(Org.parent_id)
    )
    return {parent: number for parent, number in rows if parent is not None}


def within(paths: Iterable[str], *, search: str = "", closed: bool = False, below: str = "") -> list[Org]:
    """Return the orgs at or below the paths, in tree order; `search` matches name or short name."""
    return _in_tree_order(list(db.session().scalars(select(Org).where(_within(paths, search, closed, below)))))


def number_within(paths: Iterable[str]) -> int:
    """Return how many orgs at work stand at or below the paths."""
    return db.session().scalar(select(func.count()).select_from(Org).where(_within(paths, "", False, ""))) or 0


def _within(paths: Iterable[str], search: str, closed: bool, below: str) -> ColumnElement[bool]:
    wanted = or_(false(), *(access.in_subtree(Org.path, path) for path in paths))
    if below:
        wanted &= access.in_subtree(Org.path, below)
    if not closed:
        wanted &= Org.status == OrgStatus.ACTIVE
    if search:
        pattern = f"%{like_escape(search)}%"
        wanted &= or_(Org.name.like(pattern, escape="\\"), Org.short_name.like(pattern, escape="\\"))
    return wanted


def around(here: Org, paths: Iterable[str]) -> list[Org]:
    """Return what lies next to an org in a very large tree: those above it within the paths, itself and its children."""
    near = [*ancestors(here), here, *children(here)]
    return [org for org in near if any(org.path.startswith(path) for path in paths)]


def manageable(actor: Actor, permission: str, *, search: str = "", closed: bool = False, below: str = "") -> list[Org]:
    """Return the orgs at which the actor holds the permission, in tree order."""
    paths = [root().path] if actor.system else actor.paths(permission)
    return within(paths, search=search, closed=closed, below=below)


def places(orgs: Iterable[Org]) -> dict[int, str]:
    """Return {org id: the short names above it, "省总 › 市总"}, in one query."""
    chains = {org.id: [int(part) for part in org.path.strip("/").split("/")][:-1] for org in orgs}
    wanted = {above for chain in chains.values() for above in chain}
    names = {row.id: row.short_name for row in db.session().execute(select(Org.id, Org.short_name).where(Org.id.in_(wanted)))}
    return {org_id: " › ".join(names[above] for above in chain) for org_id, chain in chains.items()}


def tree(orgs: list[Org]) -> tuple[Node, ...]:
    """Draw a list of orgs as a tree; an org whose parent is not in the list stands at the top."""
    ids = {org.id for org in orgs}
    below: dict[int | None, list[Org]] = {}
    for org in orgs:
        below.setdefault(org.parent_id if org.parent_id in ids else None, []).append(org)

    def draw(parent: int | None) -> tuple[Node, ...]:
        return tuple(Node(org, draw(org.id)) for org in below.get(parent, ()))

    return draw(None)


def history(org: Org) -> list[OrgChange]:
    """Return what happened to the org, newest first."""
    return list(db.session().scalars(select(OrgChange).where(OrgChange.org_id == org.id).order_by(OrgChange.id.desc())))


def _level() -> ColumnElement[int]:
    """Return the level of an org, 1 for the root, as an expression of its path."""
    return func.length(Org.path) - func.length(func.replace(Org.path, "/", "")) - 1


def _in_tree_order(orgs: list[Org]) -> list[Org]:
    order = {org.id: (org.position, org.id) for org in orgs}

    def place(org: Org) -> list[tuple[int, int]]:
        return [order.get(int(part), (0, int(part))) for part in org.path.strip("/").split("/")]

    return sorted(orgs, key=place)
