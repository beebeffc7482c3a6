"""What campaigns put on other pages: the home page, an org's page, feeds, a merger's preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.campaigns import pages, shown
from unionhall.campaigns.models import Campaign
from unionhall.hooks.types import FeedEntry, HomeBlock
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache

AT_HOME, OF_ORG = 3, 6


def home(now: datetime) -> Iterator[HomeBlock]:
    """Yield the campaigns that run, then those that come."""
    if cards := shown.now_and_soon(now, AT_HOME):
        yield HomeBlock(Markup(render_template("campaigns/home.html", cards=cards)), "lead", 20)


def of_org(org_id: int) -> Iterator[Markup]:
    """Yield what runs and comes in an org and those below it."""
    org = db.session().get(Org, org_id)
    cards = shown.now_and_soon(clock.now(), OF_ORG, below=org.path) if org else []
    if org and cards:
        yield Markup(render_template("campaigns/org.html", cards=cards, org=org))


def entries(now: datetime, limit: int) -> Iterator[FeedEntry]:
    """Yield the campaigns that run or come, the newest first."""
    pagecache.tag(pages.LISTS)
    for campaign in sorted(shown.every(), key=lambda item: item.shown_at or now, reverse=True)[:limit]:
        yield FeedEntry(
            id=f"campaigns/{campaign.id}", url=campaign.url, title=_("活动：%(title)s", title=campaign.title), updated=campaign.updated_at,
            published=campaign.shown_at or campaign.updated_at, authors=(campaign.org.name,), summary=campaign.summary,
        )  # fmt: skip


def going_over(org_id: int) -> Iterator[Markup]:
    """Yield the line of a merger's preview: how many campaigns, in whatever state, change hands."""
    counted = select(func.count()).select_from(Campaign).where(Campaign.org_id == org_id)
    number = db.session().scalar(access.unscoped(counted, why="merge preview")) or 0
    yield Markup(render_template("campaigns/merge_preview.html", number=number))
