"""What the desk sees of campaigns, always within the actor's grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.base.text import like_escape
from unionhall.campaigns import states
from unionhall.campaigns.models import Campaign, Component, Count, State, Step
from unionhall.hooks.types import Actor
from unionhall.platform import access

PAGE = 30
LARGEST_ID = 2**31 - 1
TABS = ("all", *(state.value for state in State), "templates")
MOST_TEMPLATES = 50


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. `tab` is a state, "all" or "templates"; `below` an org path; days are Shanghai days."""

    tab: str = "all"
    search: str = ""
    below: str | None = None
    since: date | None = None
    until: date | None = None
    page: int = 1


def whole() -> Select[Any]:
    """Return the SELECT of campaigns with what their pages show."""
    return select(Campaign).options(joinedload(Campaign.org), joinedload(Campaign.cover), selectinload(Campaign.components))


def get(campaign_id: int, actor: Actor) -> Campaign:
    """Return a campaign that the actor may open in the desk. Raises NotFound otherwise, as if it did not exist."""
    if not 0 < campaign_id <= LARGEST_ID:
        raise NotFound()
    found: Campaign | None = db.session().scalar(access.scoped(whole().where(Campaign.id == campaign_id), Campaign, actor, states.READ))
    if found is None or not states.may_read(actor, found):
        raise NotFound()
    return found


def by_origin(origin: str, actor: Actor) -> Campaign | None:
    """Return the campaign that this form has made already, if the actor may open it."""
    found: Campaign | None = db.session().scalar(access.scoped(whole().where(Campaign.origin == origin), Campaign, actor, states.READ))
    return found


def component(campaign: Campaign, component_id: int) -> Component:
    """Return a component of this campaign. Raises NotFound."""
    for item in campaign.components:
        if item.id == component_id:
            return item
    raise NotFound()


def listed(actor: Actor, wanted: Filter) -> tuple[list[Campaign], int]:
    """Return a page of campaigns, newest first, and how many there are in all."""
    statement = _narrowed(actor, wanted)
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(statement.subquery()), why="counted within the scope"))
    rows = statement.options(joinedload(Campaign.org)).order_by(Campaign.updated_at.desc(), Campaign.id.desc())
    return list(db.session().scalars(rows.limit(PAGE).offset((wanted.page - 1) * PAGE))), total or 0


def every(actor: Actor, wanted: Filter) -> Select[Any]:
    """Return the SELECT of all campaigns that a filter leaves, for exports."""
    return _narrowed(actor, wanted).options(joinedload(Campaign.org)).order_by(Campaign.id)


def counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """Return how many campaigns each tab has, with the filter's search and scope."""
    seen: Select[Any] = access.scoped(select(Campaign), Campaign, actor, states.READ, wanted.below)
    inner = _searched(seen, wanted).with_only_columns(Campaign.state, Campaign.is_template).subquery()
    number = select(inner.c.state, inner.c.is_template, func.count()).group_by(inner.c.state, inner.c.is_template)
    rows = db.session().execute(access.unscoped(number, why="counted within the scope"))
    found = dict.fromkeys(TABS, 0)
    for state, template, many in rows:
        found["templates" if template else state] += many
        found["all"] += 0 if template else many
    return found


def templates(actor: Actor) -> list[Campaign]:
    """Return the templates that the actor may start from: their own orgs' and those of the orgs above."""
    paths = actor.paths(states.READ)
    above = [path[: path.index("/", at) + 1] for path in paths for at in range(1, len(path)) if path[at - 1] == "/"]
    seen = or_(access.within(Campaign, paths), Campaign.org_id.in_(select(access.ORG.c.id).where(access.ORG.c.path.in_(above))))
    mine = and_(True) if actor.system else seen
    statement = whole().where(Campaign.is_template, mine).order_by(Campaign.title, Campaign.id).limit(MOST_TEMPLATES)
    return list(db.session().scalars(access.unscoped(statement, why="templates are for the orgs below")))


def template(campaign_id: int, actor: Actor) -> Campaign:
    """Return a template that the actor may start from. Raises NotFound."""
    for found in templates(actor):
        if found.id == campaign_id:
            return found
    raise NotFound()


def steps(campaign: Campaign) -> list[Step]:
    """Return the steps that the campaign took, oldest first."""
    return list(db.session().scalars(select(Step).where(Step.campaign_id == campaign.id).order_by(Step.id)))


def daily(campaign_id: int, *, limit: int = 5000) -> list[Count]:
    """Return what was counted each day, newest day first."""
    statement = select(Count).where(Count.campaign_id == campaign_id).order_by(Count.day.desc(), Count.component_id, Count.place)
    return list(db.session().scalars(statement.limit(limit)))


def waiting(actor: Actor, *, below: str | None = None) -> list[Campaign]:
    """Return the campaigns that wait for this actor's review, longest first; their own are not among them."""
    statement = access.scoped(select(Campaign), Campaign, actor, states.APPROVE, below).where(Campaign.state == State.REVIEW.value)
    rows = db.session().scalars(statement.options(joinedload(Campaign.org)).order_by(Campaign.updated_at, Campaign.id).limit(200))
    return [campaign for campaign in rows if not states.is_author(actor, campaign)]


def going_on(actor: Actor, *, below: str | None = None, limit: int = 20) -> list[Campaign]:
    """Return the campaigns that run or are paused, those that end first first."""
    statement = access.scoped(select(Campaign), Campaign, actor, states.READ, below)
    statement = statement.where(Campaign.state.in_([State.RUNNING.value, State.PAUSED.value]))
    return list(db.session().scalars(statement.options(joinedload(Campaign.org)).order_by(Campaign.ends_at, Campaign.id).limit(limit)))


def _narrowed(actor: Actor, wanted: Filter) -> Select[Any]:
    statement = _searched(access.scoped(select(Campaign), Campaign, actor, states.READ, wanted.below), wanted)
    if wanted.tab == "templates":
        return statement.where(Campaign.is_template)
    statement = statement.where(Campaign.is_template.is_(False))
    return statement if wanted.tab == "all" else statement.where(Campaign.state == wanted.tab)


def _searched(statement: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.search:
        pattern = f"%{like_escape(wanted.search)}%"
        statement = statement.where(or_(Campaign.title.ilike(pattern, escape="\\"), Campaign.slug.ilike(pattern, escape="\\")))
    if wanted.since:
        statement = statement.where(Campaign.ends_at >= _midnight(wanted.since))
    if wanted.until:
        statement = statement.where(Campaign.starts_at < _midnight(wanted.until))
    return statement


def _midnight(day: date) -> datetime:
    return clock.from_local(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - Shanghai, said by from_local
