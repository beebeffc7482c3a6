"""The lists that may be exported, and who may take which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from flask_babel import gettext as _

from unionhall.base.errors import NotAllowed, NotFound, RuleBroken
from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor
from unionhall.host.registry import collect, host, isolated
from unionhall.orgs.models import Org
from unionhall.platform import access

FULL, LOG = "exports.full", "exports.log"


def named(name: str) -> ExportSource:
    """Return the source with this name. Raises NotFound when no feature or enabled plugin has it."""
    found: ExportSource | None = next((item for item in collect("unionhall_export_sources") if item.name == name), None)
    if found is None:
        raise NotFound(_("没有这份清单，或者提供它的插件已停用。"))
    return found


def require(source: ExportSource, org: Org, actor: Actor) -> None:
    """Raise NotAllowed unless the actor may read the list somewhere at, above or below the org."""
    if access.can(actor, source.permission, org):
        return
    access.require(actor, source.permission)
    if not any(held.startswith(org.path) for held in actor.paths(source.permission)):
        raise NotAllowed(_("你在“%(org)s”没有看这份清单的权限。请在右上角换一个组织。", org=org.short_name))


def may_have_full(source: ExportSource, org: Org, actor: Actor) -> bool:
    """Say whether the actor may take the list with everything unmasked: it takes the right at the org itself."""
    return bool(source.full) and access.can(actor, source.full, org)


def rows(source: ExportSource, org: Org, actor: Actor, filters: Mapping[str, str], *, full: bool = False) -> Iterator[Sequence[Cell]]:
    """Yield the rows that the actor may see; nothing is read before the first is taken."""
    asked = {name: value for name, value in filters.items() if name != "full"}
    yield from source.rows(actor, org.path, asked | {"full": "1"} if full else asked)


def look(source: ExportSource, org: Org, actor: Actor, filters: Mapping[str, str], most: int) -> tuple[int, list[Sequence[Cell]]]:
    """Return how many rows there are, counted up to one more than `most`, and the first five, masked."""
    def counted() -> tuple[int, list[Sequence[Cell]]]:
        found = rows(source, org, actor, filters)
        first = list(islice(found, 5))
        return len(first) + sum(1 for _row in islice(found, most + 1 - len(first))), first

    if host().is_core(source.name.partition(".")[0]):
        return counted()
    seen, _failed = isolated(source.name, "rows", counted)
    if seen is None:
        raise RuleBroken(_("“%(name)s”这份清单读不出来，提供它的插件出了错。请把时间告诉网站管理员。", name=source.label))
    return seen
