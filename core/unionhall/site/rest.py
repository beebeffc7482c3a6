"""Searching, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource
from unionhall.host.assets import absolute
from unionhall.platform.search import asking, reading


class SearchIn(ApiModel):
    """What to look for; words, "phrases", -not, and filters as on the search page."""

    q: str = Field(min_length=1, max_length=asking.LONGEST, examples=["高温"])
    kind: str | None = Field(None, max_length=40)
    section: str | None = Field(None, max_length=60)
    org: str | None = Field(None, max_length=80, description="slug")
    since: date | None = None
    until: date | None = None
    sort: Literal["relevance", "date"] = "relevance"


class FoundOut(ApiModel):
    """One result; `kind` and `id` together name it ("news.article", 17), `text` is plain."""

    kind: str
    id: int
    title: str
    text: str
    url: str
    label: str
    org: str
    at: datetime | None


def search(call: ApiCall) -> ApiPage:
    """Return what everybody may read and what answers the query. A page may hold fewer items than asked for."""
    given: SearchIn = call.query
    wanted = {"kind": given.kind, "section": given.section, "org": given.org, "sort": given.sort}
    wanted |= {name: day.isoformat() for name, day in (("from", given.since), ("to", given.until)) if day}
    query = asking.read(given.q, {name: value for name, value in wanted.items() if value})
    start = int(call.after[0]) if call.after else 0
    page = reading.find(query, start // reading.SIZE + 1)
    first = start % reading.SIZE
    hits = page.hits[first : first + call.limit]
    end = min(start + call.limit, page.number * reading.SIZE)
    more = end < page.total and end < reading.MOST_PAGES * reading.SIZE
    items = [
        FoundOut(
            kind=hit.result.kind, id=hit.result.id, title=hit.result.title, text=hit.result.text[:300], url=absolute(hit.result.url),
            label=str(hit.result.label), org=hit.result.org, at=hit.result.at,
        )
        for hit in hits
    ]  # fmt: skip
    return ApiPage(items, [end] if more else None)


RESOURCE = ApiResource("search", _l("搜索"), (
    ApiOperation(
        "GET", "/search", "search_find", _l("搜全站公开的内容"), search, scope=None, query=SearchIn, answer=FoundOut, paged=True,
        most=reading.SIZE, description=_l("按相关程度排列。翻页时新发布的内容可能使结果前后移动一位。"),
    ),
))  # fmt: skip
