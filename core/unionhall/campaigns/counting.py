"""The figures of a campaign: people (each once) and person-times kept apart, looked at live and kept for each day.

Basis: features.md section 11, rule 9. Public pages show what was counted last, so that they cost the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import clock, db
from unionhall.campaigns import offered, pages
from unionhall.campaigns.models import OPEN, Campaign, Component, Count, Counts
from unionhall.hooks.components import Figure
from unionhall.platform import access, pagecache

EVERY = timedelta(minutes=5)
LABEL = 80
log = structlog.get_logger("unionhall.campaigns")


@dataclass(frozen=True)
class Counted:
    """The live figures of one component."""

    component: Component
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Kept:
    """A figure as it was counted last, with its component's title; `by_org` maps org ids to people."""

    component_id: int
    title: str
    label: str
    people: int | None
    times: int | None
    of: int | None
    day: date
    by_org: dict[int, int]

    @property
    def name(self) -> str:
        """Return what tells it from the other figures of its campaign, and stays when the campaign is copied."""
        return f"{self.title} · {self.label}"


def live(campaign: Campaign) -> list[Counted]:
    """Return the figures of every component that has some, as they are now."""
    found = [Counted(component, tuple(offered.figures(campaign, component))) for component in campaign.components]
    return [item for item in found if item.figures]


def toward_goal(counted: Iterable[Counted]) -> int | None:
    """Return what counts toward the goal: the first figure of the counting component that has that unit."""
    for item in counted:
        unit = item.component.counts
        if unit:
            numbers = [figure.people if unit == Counts.PEOPLE else figure.times for figure in item.figures]
            return next((number for number in numbers if number is not None), None)
    return None


def count(campaign: Campaign, now: datetime) -> None:
    """Keep today's figures, and what was reached, in the unit of work that is open; pages are dropped when something changed."""
    counted, day, session = live(campaign), clock.local_day(now), db.session()
    today = (Count.campaign_id == campaign.id) & (Count.day == day)
    kept_rows = list(session.scalars(select(Count).where(today)))
    before = {(row.component_id, row.place): _facts(row) for row in kept_rows}
    rows = [
        Count(
            campaign_id=campaign.id, component_id=item.component.id, place=place, day=day, label=str(figure.label)[:LABEL],
            people=figure.people, times=figure.times, of=figure.of, by_org={str(org): number for org, number in figure.by_org.items()},
        )
        for item in counted for place, figure in enumerate(item.figures)
    ]  # fmt: skip
    reached = toward_goal(counted)
    if before != {(row.component_id, row.place): _facts(row) for row in rows} or reached != campaign.reached:
        for row in kept_rows:
            session.delete(row)
        session.flush()
        session.add_all(rows)
        pagecache.purge(pages.LISTS, pages.tag(campaign.id))
    values = {"reached": reached, "counted_at": now}
    session.execute(update(Campaign).where(Campaign.id == campaign.id).values(**values).execution_options(synchronize_session=False))
    session.flush()
    session.refresh(campaign, ["reached", "counted_at"])


def _facts(row: Count) -> tuple[Any, ...]:
    return row.label, row.people, row.times, row.of, row.by_org


def run(now: datetime) -> int:
    """Count every campaign that runs (the job), each in a unit of work of its own; returns how many were counted."""
    wanted = select(Campaign.id).where(Campaign.state.in_([state.value for state in OPEN])).order_by(Campaign.id)
    ids = list(db.session().scalars(access.unscoped(wanted, why="counted for everybody")))
    db.session().rollback()
    return sum(_count_one(campaign_id, now) for campaign_id in ids)


def _count_one(campaign_id: int, now: datetime) -> bool:
    statement = select(Campaign).where(Campaign.id == campaign_id).options(joinedload(Campaign.org), selectinload(Campaign.components))
    try:
        with db.unit_of_work():
            # Locked first: two workers must not write the same day's rows at once.
            mine = update(Campaign).where(Campaign.id == campaign_id).values(counted_at=now)
            if db.update_count(mine.execution_options(synchronize_session=False)) != 1:
                return False
            campaign = db.session().scalar(access.unscoped(statement, why="counted for everybody"))
            if campaign is None or campaign.state not in OPEN:
                return False
            count(campaign, now)
        return True
    except Exception:
        log.exception("campaign could not be counted", campaign=campaign_id)
        return False


def kept(campaign_id: int) -> list[Kept]:
    """Return the figures of a campaign as they were counted last, in the order of its components."""
    last = select(func.max(Count.day)).where(Count.campaign_id == campaign_id).scalar_subquery()
    statement = (
        select(Count, Component.title).join(Component, Component.id == Count.component_id)
        .where(Count.campaign_id == campaign_id, Count.day == last).order_by(Component.position, Component.id, Count.place)
    )  # fmt: skip
    return [
        Kept(
            row.component_id, title, row.label, row.people, row.times, row.of, row.day,
            {int(org): number for org, number in row.by_org.items()},
        )
        for row, title in db.session().execute(statement)
    ]


def snapshot(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the figures as they are published with the results, as JSON values."""
    return [
        {"component": item.title, "label": item.label, "people": item.people, "times": item.times, "of": item.of}
        for item in kept(campaign.id)
    ]


def per_day(counted: Iterable[Counted]) -> dict[date, int]:
    """Return {Shanghai day: number} for the chart: of the figure that counts toward the goal, else of the first with days."""
    items = sorted(counted, key=lambda item: not item.component.counts)
    for item in items:
        for figure in item.figures:
            if figure.by_day:
                return dict(sorted(figure.by_day.items()))
    return {}


def per_org(counted: Iterable[Counted]) -> dict[int, dict[str, int]]:
    """Return {org id: {figure's label: number}} of every figure that knows its orgs."""
    found: dict[int, dict[str, int]] = {}
    for item in counted:
        for figure in item.figures:
            for org_id, number in figure.by_org.items():
                found.setdefault(org_id, {})[str(figure.label)] = number
    return found
