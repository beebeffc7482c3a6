"""What components' own pages may do with a campaign: read the component that they set up, keep its settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.campaigns import components, offered, queries
from unionhall.campaigns.models import Component
from unionhall.hooks.components import ComponentView
from unionhall.hooks.types import Actor


def component_view(component_id: int, *, actor: Actor) -> ComponentView:
    """Return a component of a campaign that the actor may open in the desk. Raises NotFound otherwise."""
    campaign, component = _found(component_id, actor)
    return offered.view(campaign, component)


def keep_component(component_id: int, config: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Lay settings over what a component keeps, as its page in the campaign's editor does.

    Raises NotFound, NotAllowed, Conflict in a state that allows no change, RuleBroken for what is frozen.
    """
    campaign, component = _found(component_id, actor)
    components.configure(
        campaign, component, title=component.title, config=config, hidden=component.hidden, counts=component.counts,
        version=component.version, actor=actor, now=now,
    )  # fmt: skip


def _found(component_id: int, actor: Actor) -> tuple[Any, Component]:
    owner = None
    if 0 < component_id <= queries.LARGEST_ID:
        owner = db.session().scalar(select(Component.campaign_id).where(Component.id == component_id))
    if owner is None:
        raise NotFound()
    campaign = queries.get(owner, actor)
    return campaign, queries.component(campaign, component_id)
