"""Campaigns as places where assets of the media library are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from unionhall.base import db
from unionhall.campaigns import states
from unionhall.campaigns.models import Campaign, State
from unionhall.hooks.types import Actor, MediaPlace
from unionhall.platform import access

OPEN = (State.DRAFT, State.RETURNED)


def places(ids: Sequence[int], actor: Actor) -> Iterator[MediaPlace]:
    """Return those of the campaigns that the actor may open in the desk; once sent for review, a page is settled."""
    statement = select(Campaign).where(Campaign.id.in_(ids)).options(joinedload(Campaign.org)).order_by(Campaign.id.desc())
    for campaign in db.session().scalars(access.unscoped(statement, why="judged below")):
        if states.may_read(actor, campaign):
            url = f"/desk/campaigns/{campaign.id}/edit"  # also asked for outside a request
            yield MediaPlace(campaign.id, campaign.title, url, campaign.listed, campaign.state not in OPEN)
