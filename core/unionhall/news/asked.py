"""What the list of articles is narrowed to, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import abort

from unionhall.base import clock
from unionhall.news import desk_queries, labels
from unionhall.news.desk_queries import Filter

DAY = timedelta(days=1)


def wanted(args: Mapping[str, str], *, below: str, page: int = 1) -> Filter:
    """Read the filter from query values; a name or value that nobody offers is answered with 400.

    `since` and `until` are days of the last change, `published_since` and `published_until` of the publication.
    """
    tab, sort = args.get("tab", "all"), args.get("sort", "updated")
    if tab not in labels.TABS or sort not in desk_queries.SORTS:
        abort(400)
    return Filter(
        tab=tab, search=args.get("q", "").strip()[:100], section_id=_id(args, "section"), author_id=_id(args, "author"),
        since=_day(args, "since"), until=_day(args, "until", DAY), below=below, sort=sort, page=page,
        published_since=_day(args, "published_since"), published_until=_day(args, "published_until", DAY),
    )  # fmt: skip


def _id(args: Mapping[str, str], name: str) -> int | None:
    text = args.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        abort(400)
    return int(text)


def _day(args: Mapping[str, str], name: str, later: timedelta = timedelta()) -> datetime | None:
    text = args.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return clock.from_local(datetime(day.year, day.month, day.day)) + later  # noqa: DTZ001 - Shanghai, said by from_local
    except (ValueError, OverflowError):
        abort(400)
