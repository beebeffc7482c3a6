"""Campaigns for programs: the list, one campaign with its components and its published results."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from pydantic import Field

from unionhall.base.errors import Gone
from unionhall.base.richtext import plain_text
from unionhall.campaigns import listing, offered, pages, shown
from unionhall.campaigns.kinds import text
from unionhall.campaigns.models import Audience, Campaign, State
from unionhall.campaigns.shown import Card
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource
from unionhall.host.assets import absolute
from unionhall.media.rest import PictureOut, picture
from unionhall.orgs import queries as orgs
from unionhall.platform.pagecache import tag
from unionhall.site.feeds import outside

TABS = {"running": "running", "upcoming": "upcoming", "ended": "past"}


class CampaignsIn(ApiModel):
    """Which campaigns."""

    state: Literal["running", "upcoming", "ended"] | None = Field(None, description="left out: all three")
    org: str | None = Field(None, max_length=80, description="slug; with all orgs below it")


class CampaignOut(ApiModel):
    """A campaign as lists show it. `audience_text` says who may take part; `reached` is the last count toward `goal_number`."""

    id: int
    slug: str
    url: str
    title: str
    summary: str
    org: str
    org_name: str
    state: State
    starts_at: datetime
    ends_at: datetime
    audience: Audience
    audience_text: str
    goal_number: int | None
    reached: int | None
    cover: PictureOut | None


class PartOut(ApiModel):
    """One component as everybody sees it. `html` is sanitised, its addresses are absolute; `data` is what its kind tells
    programs besides: {"sheet": 17} of "signups.sheet"."""

    id: int
    kind: str
    title: str
    html: str
    text: str
    data: dict[str, Any]


class ResultOut(ApiModel):
    """A published figure: `people` counts each person once, `times` person-times, `of` is what it is measured against."""

    component: str
    label: str
    people: int | None
    times: int | None
    of: int | None


class CampaignDetailOut(CampaignOut):
    """A campaign in full: components in order; figures and the closing text once the results are published."""

    goal_text: str
    components: list[PartOut]
    results_published: bool
    result_html: str
    results: list[ResultOut]
    updated_at: datetime


def campaigns(call: ApiCall) -> ApiPage:
    """Return the campaigns that are wanted. Raises NotFound for an org that there is not."""
    given: CampaignsIn = call.query
    below = orgs.by_slug(given.org).path if given.org is not None else None
    position = (datetime.fromtimestamp(call.after[0] / 1e6, UTC), int(call.after[1])) if call.after else None
    found = listing.after(position, call.limit + 1, tab=TABS[given.state] if given.state else None, below=below, now=call.now)
    rows = found[: call.limit]
    items = [CampaignOut(**_plain(row.campaign, row.card)) for row in rows]
    return ApiPage(items, _position(rows[-1]) if len(found) > call.limit else None)


def _position(row: listing.Row) -> list[int]:
    """Return where a campaign stands, in microseconds since 1970: a float would not hold them."""
    return [int(row.at.replace(microsecond=0).timestamp()) * 1_000_000 + row.at.microsecond, row.campaign.id]


def campaign(call: ApiCall) -> CampaignDetailOut:
    """Return a campaign; by an old address, too. Raises NotFound, Gone while it is mended and when it was cancelled."""
    found = shown.by_slug(call.path["slug"])
    tag(pages.tag(found.id))
    if found.cancelled:
        raise Gone(_("“%(title)s”取消了。原因：%(why)s", title=found.title, why=found.reason), code="cancelled")
    if not shown.is_open(found):
        raise Gone(_("这项活动正在修改，暂时看不到。改好以后还在这个网址。"), code="withdrawn")
    counts = next((item.counts for item in found.components if item.counts), "")
    card = shown.card(found, call.now, counts)
    parts = {item.id: item for item in shown.parts(found, call.now)}
    shown.true_until([card], call.now)
    told = found.state == State.PUBLISHED or (found.state == State.ARCHIVED and bool(found.figures or found.result))
    return CampaignDetailOut(
        **_plain(found, card), goal_text=found.goal_text, results_published=told, updated_at=found.updated_at,
        components=[
            _part(parts[item.id], offered.data(found, item, call.now)) for item in found.components if item.id in parts
        ],
        result_html=outside(text.shown(found.result)) if found.result and told else "",
        results=[ResultOut(**figure) for figure in found.figures] if told else [],
    )  # fmt: skip


def _part(item: offered.Part, data: Any) -> PartOut:
    return PartOut(
        id=item.id, kind=item.kind, title=item.title, html=outside(Markup(item.body)), text=plain_text(str(item.body)), data=dict(data)
    )


def _plain(found: Campaign, card: Card) -> dict[str, Any]:
    cover = card.cover
    return {
        "id": found.id, "slug": found.slug, "url": absolute(found.url), "title": found.title, "summary": found.summary,
        "org": card.org_slug, "org_name": card.org, "state": found.state, "starts_at": card.starts_at, "ends_at": card.ends_at,
        "audience": found.audience, "audience_text": shown.audience_words(found.audience, card.org),
        "goal_number": found.goal_number, "reached": found.reached,
        "cover": picture(cover, card.cover_alt, cover.caption, cover.credit) if cover else None,
    }  # fmt: skip


RESOURCE = ApiResource("campaigns", _l("活动"), (
    ApiOperation(
        "GET", "/campaigns", "campaigns_list", _l("活动的列表"), campaigns, scope=None, query=CampaignsIn, answer=CampaignOut, paged=True,
        shared=True, errors={404: ("not-found",)},
        description=_l("进行中的按结束时间、未开始的按开始时间，近的在前；结束的新的在前。不分状态时，开始得晚的在前。"),
    ),
    ApiOperation(
        "GET", "/campaigns/{slug}", "campaigns_get", _l("一个活动：内容、组件、公布的结果"), campaign, scope=None,
        answer=CampaignDetailOut, shared=True, errors={404: ("not-found",), 410: ("cancelled", "withdrawn")},
        description=_l("报名组件的 data.sheet 是报名表的编号，用于 /api/v1/signups/{id}。改过网址的活动，旧网址也找得到，看 slug。"),
    ),
))  # fmt: skip
