"""Copies of campaigns: as next year's, as a template, from a template. Dates are shifted, people stay behind."""

from __future__ import annotations

import re
from datetime import datetime

from unionhall.base import clock, db
from unionhall.campaigns import components, services
from unionhall.campaigns.models import Campaign
from unionhall.campaigns.services import Basics
from unionhall.hooks.types import Actor
from unionhall.orgs.models import Org
from unionhall.platform import audit

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def copy(
    source: Campaign, org: Org, *, title: str, starts_at: datetime | None, actor: Actor, now: datetime, template: bool = False,
    origin: str | None = None,
) -> Campaign:
    """Return a copy as a new draft: page and components with their settings; it lasts as long as the source did.

    Raises NotAllowed, RuleBroken when a component cannot be copied.
    """
    ends_at = None
    if starts_at is not None and source.starts_at and source.ends_at:
        ends_at = starts_at + (source.ends_at - source.starts_at)
    basics = Basics(
        title=title, summary=source.summary, goal_text=source.goal_text, goal_number=source.goal_number, cover_id=source.cover_id,
        cover_alt=source.cover_alt, starts_at=starts_at, ends_at=ends_at, audience=source.audience,
    )  # fmt: skip
    campaign = services.create(org, basics, actor=actor, now=now, copied_from_id=source.id, origin=origin)
    campaign.is_template = template
    db.session().flush()
    components.copy_all(source, campaign, actor=actor, now=now)
    audit.record("campaigns.copied", f"campaign:{campaign.id}", actor=actor, now=now, org_id=org.id, source=source.id, template=template)
    return campaign


def a_year_later(moment: datetime | None) -> datetime | None:
    """Return the same Shanghai day and hour a year later, 28 February for the 29th."""
    if moment is None:
        return None
    local = clock.local(moment)
    try:
        return local.replace(year=local.year + 1)
    except ValueError:
        return local.replace(year=local.year + 1, day=28)


def next_title(title: str) -> str:
    """Return a title for next year: the first year in it one later, else the title as it is."""
    return _YEAR.sub(lambda found: str(int(found[0]) + 1), title, count=1)
