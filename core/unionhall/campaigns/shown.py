"""What readers see of campaigns: cards in lists, the page of one; each a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.campaigns import offered, pages
from unionhall.campaigns.models import LISTED, OPEN, OVER, RAN, UPCOMING, Address, Audience, Campaign, Component, State
from unionhall.media.views import PictureView
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache

PAGE = 24
SOON = timedelta(days=3)
TABS: dict[str, tuple[State, ...]] = {"running": OPEN, "upcoming": UPCOMING, "past": OVER}
WAS_PUBLIC = "published"


@dataclass(frozen=True, slots=True)
class Card:
    """A campaign as lists show it. `left` is the days to its end, or to its start while it is still to come."""

    id: int
    url: str
    title: str
    summary: str
    org: str
    org_slug: str
    state: str
    starts_at: datetime
    ends_at: datetime
    audience: str
    goal_number: int | None
    reached: int | None
    counts: str
    cover: PictureView | None
    cover_alt: str
    left: int
    ends_soon: bool
    result: bool = False


def days_left(moment: datetime, now: datetime) -> int:
    """Return how many Shanghai days there are to a moment: 0 on its own day."""
    return max(0, (clock.local_day(moment - timedelta(seconds=1)) - clock.local_day(now)).days)


def audience_words(audience: str, org: str) -> str:
    """Return who may take part, as readers read it."""
    return {
        Audience.PUBLIC: _("所有人都能参加"), Audience.ACCOUNT: _("登录后参加"), Audience.MEMBERS: _("限已激活会员"),
        Audience.SUBTREE: _("限%(org)s及下级的会员", org=org),
    }[Audience(audience)]  # fmt: skip


def period_words(starts_at: datetime, ends_at: datetime) -> str:
    """Return "4 月 27 日 – 5 月 26 日", with the years where they are not this one or differ; the hours of one day alone."""
    first, last = clock.local(starts_at), clock.local(ends_at - timedelta(seconds=1))
    plain = first.year == last.year == clock.local_day(clock.now()).year
    pattern = _("M 月 d 日") if plain else _("yyyy 年 M 月 d 日")
    if first.date() == last.date():
        return f"{format_date(first.date(), pattern)} {first:%H:%M}–{clock.local(ends_at):%H:%M}"
    end = format_date(last.date(), _("M 月 d 日") if first.year == last.year else pattern)
    return f"{format_date(first.date(), pattern)} – {end}"


@dataclass(frozen=True)
class Page:
    """One page of cards, and how many there are in all."""

    cards: list[Card]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def listed(tab: str, now: datetime, number: int, *, below: str | None = None) -> Page:
    """Return a page of what runs (ends first first), comes (starts first first) or is over (newest first).

    Raises NotFound past the last page.
    """
    pagecache.tag(pages.LISTS)
    where = having(TABS[tab], below)
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(Campaign).where(*where), why=WAS_PUBLIC)) or 0
    order = {"running": Campaign.ends_at, "upcoming": Campaign.starts_at}.get(tab)
    statement = _cards().where(*where).order_by(Campaign.ended_at.desc() if order is None else order, Campaign.id.desc())
    page = Page(_drawn(statement.limit(PAGE).offset((number - 1) * PAGE), now), total, number)
    if page.number > page.pages:
        raise NotFound()
    return page


def numbers(below: str | None = None) -> dict[str, int]:
    """Return how many campaigns each tab has."""
    statement = select(Campaign.state, func.count()).where(*having(LISTED, below)).group_by(Campaign.state)
    found = {row[0]: row[1] for row in db.session().execute(access.unscoped(statement, why=WAS_PUBLIC))}
    return {tab: sum(found.get(state, 0) for state in wanted) for tab, wanted in TABS.items()}


def now_and_soon(now: datetime, limit: int, *, below: str | None = None, but: int = 0) -> list[Card]:
    """Return what runs, those that end first first, then what comes."""
    pagecache.tag(pages.LISTS)
    wanted = having((*OPEN, *UPCOMING), below)
    order = (Campaign.state == State.SCHEDULED.value, Campaign.ends_at, Campaign.id)
    statement = _cards().where(*wanted, Campaign.id != but).order_by(*order).limit(limit)
    return _drawn(statement, now)


def every(tabs: Iterable[str] = ("running", "upcoming"), *, limit: int = 500) -> list[Campaign]:
    """Return the campaigns of these tabs with their orgs, those that start first first: for calendars and feeds."""
    wanted = [state for tab in tabs for state in TABS[tab]]
    statement = _cards().where(*having(wanted, None)).order_by(Campaign.starts_at, Campaign.id).limit(limit)
    return list(db.session().scalars(access.unscoped(statement, why=WAS_PUBLIC)))


def by_slug(slug: str) -> Campaign:
    """Return the campaign that has or had this address, if readers may ever have seen it. Raises NotFound."""
    statement = (
        select(Campaign).join(Address, Address.campaign_id == Campaign.id).where(Address.slug == slug, Campaign.shown_at.is_not(None))
        .options(joinedload(Campaign.org), joinedload(Campaign.cover), selectinload(Campaign.components))
    )  # fmt: skip
    found: Campaign | None = db.session().scalar(access.unscoped(statement, why=WAS_PUBLIC))
    if found is None or found.is_template:
        raise NotFound()
    return found


def is_open(campaign: Campaign) -> bool:
    """Say whether its page shows what it is: not while it is mended, cancelled, or put away before it ran."""
    return campaign.state in {*LISTED, State.ARCHIVED} and not campaign.cancelled and (campaign.listed or campaign.ended_at is not None)


def addresses() -> list[tuple[str, datetime]]:
    """Return (slug, last change) of every campaign that readers find, for the sitemap."""
    pagecache.tag(pages.LISTS)
    statement = select(Campaign.slug, Campaign.updated_at).where(*having(LISTED, None)).order_by(Campaign.id)
    return [(row.slug, row.updated_at) for row in db.session().execute(access.unscoped(statement, why=WAS_PUBLIC))]


def parts(campaign: Campaign, now: datetime, *, preview: bool = False) -> list[offered.Part]:
    """Return what the page shows of the components, in order; when it is over, what each says of its result."""
    over = campaign.state not in {*OPEN, *UPCOMING} and campaign.state in RAN
    shown = [item for item in campaign.components if not item.hidden]
    found = [offered.part(campaign, item, now, preview=preview, result=over) for item in shown]
    return [item for item in found if item is not None]


def card(campaign: Campaign, now: datetime, counts: str = "") -> Card:
    """Return a campaign as lists show it; an undated draft counts from now."""
    english, org = str(get_locale()) == "en", campaign.org
    starts_at, ends_at = campaign.starts_at or now, campaign.ends_at or now
    coming = campaign.state == State.SCHEDULED
    return Card(
        campaign.id, campaign.url, campaign.title, campaign.summary, org.name_en if english and org.name_en else org.name, org.slug,
        campaign.state, starts_at, ends_at, campaign.audience, campaign.goal_number, campaign.reached, counts,
        campaign.cover.view if campaign.cover else None, campaign.cover_alt or (campaign.cover.alt if campaign.cover else ""),
        days_left(starts_at if coming else ends_at, now), not coming and ends_at - now <= SOON, bool(campaign.result or campaign.figures),
    )  # fmt: skip


def true_until(cards: Sequence[Card], now: datetime) -> None:
    """Say until when a page with these cards is true: "12 days left" changes at midnight."""
    if cards:
        pagecache.until((clock.local(now) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0))


def _cards() -> Select[Any]:
    return select(Campaign).options(joinedload(Campaign.org), joinedload(Campaign.cover))


def having(wanted: Iterable[State], below: str | None) -> list[ColumnElement[bool]]:
    """Return the conditions of campaigns in these states that were not cancelled, of an org (path) and those below it."""
    found: list[ColumnElement[bool]] = [Campaign.state.in_([state.value for state in wanted]), Campaign.cancelled.is_(False)]
    if below:
        found.append(Campaign.org_id.in_(select(Org.id).where(access.in_subtree(Org.path, below))))
    return found


def _drawn(statement: Select[Any], now: datetime) -> list[Card]:
    return cards(list(db.session().scalars(access.unscoped(statement, why=WAS_PUBLIC))), now)


def cards(campaigns: Sequence[Campaign], now: datetime) -> list[Card]:
    """Return campaigns as lists show them; tags the page with each, and ends it when a card is not true any more."""
    ids = [campaign.id for campaign in campaigns]
    rows = select(Component.campaign_id, Component.counts).where(Component.campaign_id.in_(ids), Component.counts != "")
    counts = {row.campaign_id: row.counts for row in db.session().execute(rows)} if ids else {}
    pagecache.tag(*(pages.tag(item) for item in ids))
    found = [card(campaign, now, counts.get(campaign.id, "")) for campaign in campaigns]
    true_until(found, now)
    return found
