"""The report's numbers: each counted once for an org and a period and remembered a while; what is small stays hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from flask import current_app

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.hooks.reporting import ReportFigure
from unionhall.hooks.types import Actor
from unionhall.host.registry import collect, isolated
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.pagecache import remembered
from unionhall.reports.periods import Period
from unionhall.reports.small import cover

READ = "reports.read"
REMEMBERED_SECONDS = 600.0
LARGEST_ID = 2**31 - 1
log = structlog.get_logger("unionhall.reports")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, and when it was counted."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of an org in a period: None where it could not be counted; hidden where it is too small to be shown."""

    figure: ReportFigure
    now: Counted | None
    before: int | None
    hidden: bool
    before_hidden: bool
    url: str = ""

    @property
    def difference(self) -> int | None:
        """Return by how much it is more (or less) than last year; None when there is nothing to compare with."""
        if self.now is None or not self.before or self.hidden or self.before_hidden:
            return None
        return self.now.number - self.before

    @property
    def percent(self) -> int | None:
        """Return the difference in per cent of last year's number."""
        return round(100 * self.difference / self.before) if self.difference is not None and self.before else None


@dataclass(frozen=True, slots=True)
class Row:
    """An org right below, or the org's own part (no org): its numbers in the order of the columns, None where hidden."""

    org_id: int | None
    name: str
    cells: tuple[int | None, ...]


def place(org_id: int | None, actor: Actor, path: str) -> Org:
    """Return the org with this number, or with this path when none is asked for. Raises NotFound beyond the actor's rights."""
    org = db.session().get(Org, org_id) if org_id and org_id <= LARGEST_ID else None if org_id else orgs.by_path(path)
    if org is not None and not org_id and not access.can(actor, READ, org):
        org = orgs.by_path(next(iter(sorted(actor.paths(READ), key=len)), ""))
    if org is None or not access.can(actor, READ, org):
        raise NotFound()
    return org


def places(org: Org, actor: Actor) -> list[Org]:
    """Return what lies next to an org within the actor's rights: those above, itself, those right below."""
    return orgs.around(org, actor.paths(READ))


def figures(actor: Actor, org: Org) -> list[ReportFigure]:
    """Return the figures that the actor may read of an org, in their order, those of a group together."""
    found: Iterable[ReportFigure] = collect("unionhall_report_figures")
    seen = [figure for figure in found if access.can(actor, figure.permission, org)]
    first: dict[str, int] = {}
    for figure in seen:
        first[str(figure.group)] = min(first.get(str(figure.group), figure.order), figure.order)
    return sorted(seen, key=lambda figure: (first[str(figure.group)], str(figure.group), figure.order, figure.name))


def counted(figure: ReportFigure, path: str, since: date, until: date, now: datetime) -> Counted | None:
    """Return a number counted lately; None when the figure fails, and the rest of the report goes on."""

    def count() -> Counted:
        return Counted(int(figure.count(path, since, until)), now)

    name = f"reports.{figure.name}.{path}.{since}.{until}"
    found, _failed = isolated(figure.name, "figure", lambda: remembered(name, count, seconds=REMEMBERED_SECONDS))
    return found


def lines(actor: Actor, org: Org, period: Period, now: datetime) -> list[Line]:
    """Return the report of an org and a period."""
    path, ago, found = org.path, period.year_ago, []
    for figure in figures(actor, org):
        this, before = (counted(figure, path, each.since, each.until, now) for each in (period, ago))
        url = figure.rows_url(path, period.since, period.until) if figure.rows_url else ""
        found.append(Line(
            figure, this, before.number if before else None, not shown(figure, actor, org, period, now),
            not shown(figure, actor, org, ago, now), url if url and may_open(actor, url, org) else "",
        ))  # fmt: skip
    return found


def months(figure: ReportFigure, actor: Actor, org: Org, period: Period, now: datetime) -> list[tuple[date, int]]:
    """Return (first day, number) of the twelve months up to the period's end; nothing where small numbers could show."""
    if figure.small and not _own(actor, org):
        return []
    numbers = [(since, counted(figure, org.path, since, until, now)) for since, until in period.months()]
    return [(since, found.number) for since, found in numbers if found is not None]


def below(wanted: Sequence[ReportFigure], org: Org, actor: Actor, period: Period, now: datetime) -> list[Row]:
    """Return the breakdown of some figures by the orgs right below, and the org's own part; what is small is hidden."""
    children = orgs.children(org)
    columns = [_column(figure, org, children, period, now) for figure in wanted]
    hidden = [
        cover(column, figure.small).cells if _listed(figure, actor, org, period, now) else frozenset(range(len(column)))
        for figure, column in zip(wanted, columns, strict=True)
    ]
    cells = [[None if at in hide else number for at, number in enumerate(column)] for column, hide in zip(columns, hidden, strict=True)]
    found = [Row(child.id, child.short_name, tuple(column[at] for column in cells)) for at, child in enumerate(children)]
    if children and any(len(column) > len(children) for column in columns):
        found.append(Row(None, "", tuple(column[-1] if len(column) > len(children) else None for column in cells)))
    return found


def own_part(figure: ReportFigure) -> bool:
    """Say whether what is not in the orgs below is the org's own: people may stand in several."""
    return figure.unit != "people"


def shown(figure: ReportFigure, actor: Actor, org: Org, period: Period, now: datetime) -> bool:
    """Say whether an org's number may be told to somebody who reads it from above: nowhere on the way down is it hidden."""
    if not figure.small:
        return True
    below_ = orgs.children(org)
    if below_ and cover(_column(figure, org, below_, period, now), figure.small).total:
        return False
    if _own(actor, org):
        return True
    if not period.fixed:
        return False
    held = _nearest(actor, org)
    for parent in orgs.ancestors(org):
        if not parent.path.startswith(held):
            continue
        children = orgs.children(parent)
        at = next((at for at, child in enumerate(children) if org.path.startswith(child.path)), None)
        if at is None or at in cover(_column(figure, parent, children, period, now), figure.small).cells:
            return False
    return True


def may_open(actor: Actor, url: str, org: Org) -> bool:
    """Say whether a page of the desk opens for the actor, by the permission that its view names."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(url.partition("?")[0])
    except Exception:
        return False
    permission = getattr(current_app.view_functions.get(str(endpoint)), "unionhall_permission", None)
    return permission is None or access.can(actor, permission, org)


def _listed(figure: ReportFigure, actor: Actor, org: Org, period: Period, now: datetime) -> bool:
    """Say whether a figure is broken down: a small one only of a period that is over, or it could be told day by day."""
    return not figure.small or (period.fixed and shown(figure, actor, org, period, now))


def _column(figure: ReportFigure, org: Org, children: Sequence[Org], period: Period, now: datetime) -> list[int]:
    """Return a figure of each org right below, and the org's own part where it is one."""
    found = [counted(figure, child.path, period.since, period.until, now) for child in children]
    cells = [item.number if item else 0 for item in found]
    whole = counted(figure, org.path, period.since, period.until, now)
    rest = (whole.number if whole else 0) - sum(cells)
    return [*cells, rest] if own_part(figure) and rest >= 0 else cells


def _own(actor: Actor, org: Org) -> bool:
    """Say whether the actor reads the org from within: a grant stands at it."""
    return actor.system or org.path in actor.paths(READ)


def _nearest(actor: Actor, org: Org) -> str:
    """Return the path of the nearest grant at or above an org."""
    return max((path for path in actor.paths(READ) if org.path.startswith(path)), key=len, default=org.path)
