"""Campaigns as iCalendar (RFC 5545): the same UID for ever, so that a calendar that is subscribed to moves its entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response
from icalendar import Calendar, Event

from unionhall.base.crypto import config
from unionhall.base.text import tidy
from unionhall.campaigns.models import Campaign, State
from unionhall.host.assets import absolute
from unionhall.settings.queries import site_settings


def calendar(campaigns: Iterable[Campaign], name: str) -> Response:
    """Return a calendar file of campaigns; a cancelled one says so."""
    made = Calendar()
    made.add("prodid", f"-//{tidy(site_settings().site_name)}//UnionHall//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for campaign in campaigns:
        if campaign.starts_at and campaign.ends_at:
            made.add_component(_event(campaign, campaign.starts_at, campaign.ends_at))
    return Response(made.to_ical(), mimetype="text/calendar")


def uid(campaign_id: int) -> str:
    """Return the UID of a campaign's entry; it never changes."""
    return f"campaign-{campaign_id}@{urlsplit(config().site_url).hostname or 'localhost'}"


def _event(campaign: Campaign, starts_at: datetime, ends_at: datetime) -> Event:
    event = Event()
    event.add("uid", uid(campaign.id))
    event.add("dtstamp", campaign.updated_at)
    event.add("last-modified", campaign.updated_at)
    event.add("sequence", campaign.version)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", campaign.title)
    event.add("description", campaign.summary)
    event.add("url", absolute(campaign.url))
    event.add("location", campaign.org.name)
    event.add("status", "CANCELLED" if campaign.cancelled else ("TENTATIVE" if campaign.state == State.PAUSED else "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    return event
