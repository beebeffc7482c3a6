"""What a campaign tells search engines: schema.org Event as data."""

from __future__ import annotations

from typing import Any

from unionhall.base import clock
from unionhall.campaigns.models import Campaign, State
from unionhall.campaigns.shown import Card
from unionhall.host.assets import absolute

STATUS = {State.PAUSED: "EventPostponed"}


def event(campaign: Campaign, card: Card) -> dict[str, Any]:
    """Return the campaign as schema.org data."""
    status = "EventCancelled" if campaign.cancelled else STATUS.get(State(campaign.state), "EventScheduled")
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": campaign.title,
        "url": absolute(campaign.url),
        "startDate": clock.local(card.starts_at).isoformat(timespec="seconds"),
        "endDate": clock.local(card.ends_at).isoformat(timespec="seconds"),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": absolute(campaign.url)},
        "organizer": {"@type": "Organization", "name": card.org, "url": absolute(f"/orgs/{card.org_slug}/")},
        "isAccessibleForFree": True,
    }
    if campaign.summary:
        found["description"] = campaign.summary
    if card.cover:
        found["image"] = [absolute(card.cover.src)]
    return found
