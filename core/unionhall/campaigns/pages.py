"""What follows when a campaign changes: public pages dropped, search told, the media library told what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from unionhall.campaigns.kinds.assets import assets_of
from unionhall.campaigns.models import Campaign
from unionhall.media import uses
from unionhall.platform import pagecache, search

KIND = "campaigns.campaign"
SEARCH = "campaigns"
LISTS = "campaigns"


def tag(campaign_id: int) -> str:
    """Return the page cache's tag of every page that shows the campaign."""
    return f"campaigns:campaign:{campaign_id}"


def changed(campaign: Campaign, now: datetime) -> None:
    """Say that what readers see of the campaign may have changed, in this unit of work."""
    note_media(campaign)
    pagecache.purge(LISTS, tag(campaign.id))
    search.changed(SEARCH, campaign.id, now=now)


def purge_all(ids: Iterable[int]) -> None:
    """Drop the pages of these campaigns, and every page on which campaigns stand in a list."""
    pagecache.purge(LISTS, *(tag(item) for item in ids))


def note_media(campaign: Campaign) -> None:
    """Tell the library which assets the campaign shows now."""
    shown = {campaign.cover_id} if campaign.cover_id else set()
    shown |= uses.assets_in(campaign.result)
    for component in campaign.components:
        shown |= assets_of(component.kind, component.config)
    uses.note_uses(KIND, campaign.id, shown)
