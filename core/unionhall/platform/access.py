"""Who may do what, where. `can()` is the only judge; every query on an org-owned table goes through `scoped()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import abort, current_app, g
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    column,
    event,
    false,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, declared_attr, mapped_column

from unionhall.base.errors import NotAllowed
from unionhall.hooks.types import READER, SYSTEM, Actor, Grant, Permission, Role, RoleKind

__all__ = ["READER", "SYSTEM", "Actor", "Grant", "OrgOwned", "can", "current_actor", "needs", "require", "scoped"]

ORG = table("orgs_org", column("id", Integer), column("path", String))
SITE = "/"
_View = TypeVar("_View", bound=Callable[..., Any])
Refusal = Callable[[Actor, str, str], bool]


class OrgOwned:
    """Mixin of tables whose rows belong to an org; reading one without a scope raises UnscopedQuery."""

    @declared_attr
    def org_id(cls) -> Mapped[int]:  # noqa: N805
        return mapped_column(ForeignKey("orgs_org.id"), index=True)


class HasPath(Protocol):
    """An org, or anything that knows the path of the org it belongs to."""

    @property
    def path(self) -> str: ...


class UnscopedQuery(RuntimeError):
    """A programming error: rows of an org-owned table were asked for without saying on whose behalf."""


@dataclass(frozen=True)
class Rights:
    """Every permission that features and plugins define, the roles of plugins that are enabled, and which role brings what."""

    permissions: dict[str, Permission]
    refuse: Refusal
    added: Callable[[], Mapping[str, RoleKind]] = dict

    def of_role(self, role: str) -> frozenset[str]:
        """Return the permissions that a role brings; none while the plugin that the role is of is disabled."""
        kind = None if role in set(Role) else self.added().get(role)
        if role not in set(Role) and kind is None:
            return frozenset()
        return frozenset(p.name for p in self.permissions.values() if role in p.roles or (kind and p.name in kind.brings))


def rights() -> Rights:
    """Return the running application's rights."""
    found: Rights = current_app.extensions["unionhall.rights"]
    return found


def can(actor: Actor, permission: str, target: HasPath | str | None = None) -> bool:
    """Say whether the actor holds the permission at the target: an org, its path, SITE, or anywhere when None."""
    known = rights().permissions
    if permission not in known:
        raise LookupError(f"permission {permission!r} is not defined by any feature or plugin")
    if actor.system:
        return True
    path = target if isinstance(target, str) or target is None else target.path
    if not any(_covers(held, path) for held in actor.paths(permission)):
        return False
    return not rights().refuse(actor, permission, path or "")


def _covers(held: str, path: str | None) -> bool:
    if path is None:
        return True
    if path == SITE:
        return held.count("/") == 2
    return path.startswith(held)


def require(actor: Actor, permission: str, target: HasPath | str | None = None) -> None:
    """Raise NotAllowed unless `can()` says yes."""
    if not can(actor, permission, target):
        raise NotAllowed(_l("你没有做这件事的权限。如果工作需要，请联系本级组织管理员。"))


def needs(permission: str) -> Callable[[_View], _View]:
    """Declare the permission that opens a view (held anywhere; the service then judges the object)."""

    def declare(view: _View) -> _View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if not actor.known:
                abort(401)
            require(actor, permission)
            return view(*args, **kwargs)

        guarded.unionhall_permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def current_actor() -> Actor:
    """Return who acts in this request; nobody outside one."""
    found: Actor = g.get("actor", READER)
    return found


def in_subtree(path_column: SQLColumnExpression[str], path: str) -> ColumnElement[bool]:
    """Return the condition "at or below the org with this path" as a range, so that an index serves it."""
    return (path_column >= path) & (path_column < path[:-1] + "0")


def within(owner: Any, paths: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a row's org lies at or below one of the paths."""
    conditions = [in_subtree(ORG.c.path, path) for path in paths]
    if not conditions:
        return false()
    orgs = select(ORG.c.id).where(or_(*conditions))
    column_: ColumnElement[bool] = owner.org_id.in_(orgs)
    return column_


_S = TypeVar("_S", bound="Select[*tuple[Any, ...]]")


def scoped(statement: _S, owner: type[OrgOwned], actor: Actor, permission: str, below: str | None = None) -> _S:
    """Limit a SELECT to rows of orgs where the actor holds the permission, and to the subtree `below`."""
    if permission not in rights().permissions:
        raise LookupError(f"permission {permission!r} is not defined by any feature or plugin")
    condition = true() if actor.system else within(owner, actor.paths(permission))
    if below:
        condition &= within(owner, [below])
    return unscoped(statement.where(condition), why=permission)


def unscoped(statement: _S, *, why: str) -> _S:
    """Mark a SELECT on an org-owned table as meant for everybody, with the reason (say, "published")."""
    return statement.execution_options(unionhall_scope=why)


def _guard(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    if "unionhall_scope" in state.execution_options:
        return
    for mapper in state.all_mappers:
        if issubclass(mapper.class_, OrgOwned):
            raise UnscopedQuery(f"{mapper.class_.__name__} was queried without scoped() or unscoped()")


event.listen(Session, "do_orm_execute", _guard)
