"""A chapter's calendar as iCalendar (RFC 5545): the same UID for ever, so that a day that is moved or called off moves or ends there."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response
from icalendar import Calendar, Event

from unionhall.plugin import absolute
from unionhall_chapters.activities.models import Day
from unionhall_chapters.models import Chapter


def calendar(chapter: Chapter, days: Iterable[Day]) -> Response:
    """Return a calendar file of a chapter's days; one that is off says CANCELLED."""
    made = Calendar()
    made.add("prodid", f"-//{chapter.name}//UnionHall//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", chapter.name)
    for day in days:
        made.add_component(_event(day))
    return Response(made.to_ical(), mimetype="text/calendar")


def _event(day: Day) -> Event:
    event = Event()
    event.add("uid", f"chapters-occurrence-{day.id}@{urlsplit(absolute('/')).hostname or 'localhost'}")
    event.add("dtstamp", day.updated_at)
    event.add("last-modified", day.updated_at)
    event.add("sequence", day.told)
    event.add("dtstart", day.starts_at)
    event.add("dtend", day.ends_at)
    event.add("summary", day.series.title)
    event.add("description", day.reason if day.cancelled_at else day.series.summary)
    event.add("url", absolute(day.series.url))
    event.add("location", day.venue)
    event.add("status", "CANCELLED" if day.cancelled_at else "CONFIRMED")
    return event
