"""The news for programs: sections, the list, one article."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from pydantic import Field

from unionhall.base.errors import Gone
from unionhall.base.richtext import plain_text
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource, Moment
from unionhall.host.assets import absolute
from unionhall.media.rest import PictureOut, picture
from unionhall.news import listing, opened, pictures, queries, reading
from unionhall.news.models import State
from unionhall.news.stories import Credit, Story
from unionhall.orgs import queries as orgs
from unionhall.platform.pagecache import tag
from unionhall.site.feeds import outside


class SectionOut(ApiModel):
    """A section; `open` says that new articles may appear in it."""

    slug: str
    name: str
    summary: str
    open: bool
    url: str


class CreditOut(ApiModel):
    """The names behind one role ("reporter", "photographer", …)."""

    role: str
    names: list[str]
    org_slug: str


class ArticlesIn(ApiModel):
    """Which articles."""

    section: str | None = Field(None, max_length=60, description="slug")
    org: str | None = Field(None, max_length=80, description="slug; with all orgs below it")
    tag: str | None = Field(None, max_length=30)
    since: Moment | None = Field(None, description="published at or after, RFC 3339 with time zone")


class ArticleOut(ApiModel):
    """An article as lists show it."""

    id: int
    url: str
    kicker: str
    headline: str
    summary: str
    section: str
    org: str
    org_name: str
    published_at: datetime
    updated_at: datetime
    credits: list[CreditOut]
    cover: PictureOut | None


class ArticleDetailOut(ArticleOut):
    """An article in full. `html` is sanitised, its addresses are absolute; `pictures` are those in the body, in order."""

    number: str
    subhead: str
    slug_line: str
    html: str
    text: str
    characters: int
    minutes: int
    tags: list[str]
    pictures: list[PictureOut]
    correction: str
    archived: bool


def sections(_call: ApiCall) -> ApiPage:
    """Return every section, in the site's order."""
    tag("news")
    return ApiPage([
        SectionOut(
            slug=item.slug, name=queries.section_name(item), summary=item.summary, open=item.open, url=absolute(f"/news/{item.slug}/")
        )
        for item in queries.public_sections()
    ])  # fmt: skip


def articles(call: ApiCall) -> ApiPage:
    """Return the live articles that are wanted, newest first. Raises NotFound for a section or org that there is not."""
    given: ArticlesIn = call.query
    wanted = listing.Wanted(
        section_id=queries.public_section(given.section).id if given.section is not None else None,
        below=orgs.by_slug(given.org).path if given.org is not None else None, tag=given.tag, since=given.since,
    )  # fmt: skip
    position = (datetime.fromtimestamp(call.after[0] / 1e6, UTC), int(call.after[1])) if call.after else None
    found = listing.after(position, call.limit + 1, wanted, call.now)
    shown = found[: call.limit]
    return ApiPage([ArticleOut(**_plain(story)) for story in shown], _position(shown[-1]) if len(found) > call.limit else None)


def _position(story: Story) -> list[int]:
    """Return where a story stands, in microseconds since 1970: a float would not hold them."""
    moment = story.published_at
    return [int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond, story.id]


def article(call: ApiCall) -> ArticleDetailOut:
    """Return an article. Raises NotFound, Gone with the reason for one that was withdrawn."""
    found = opened.public_article(listing.slug_of(call.path["id"]))
    tag(f"news:article:{found.id}")
    if found.withdrawn_at:
        raise Gone(found.withdrawal or _("这篇稿件已撤下。"), code="withdrawn")
    live, assets = found.live, pictures.in_bodies(found.live.body)
    text = reading.text(live)
    words = pictures.cover_words(live)
    plain = _plain(opened.story(found))
    if live.cover is not None:
        plain["cover"] = picture(live.cover, words.alt, words.caption, words.credit)
    return ArticleDetailOut(
        **plain, number=found.number, subhead=live.subhead, slug_line=live.slug_line,
        html=outside(Markup(reading.feed_html(live.body, assets))), text=plain_text(live.body), characters=text.characters,
        minutes=text.minutes, tags=[item.name for item in live.tags],
        pictures=[picture(asset.view, asset.alt, asset.caption, asset.credit) for asset in assets.values()],
        correction=found.correction, archived=found.state == State.ARCHIVED,
    )  # fmt: skip


def _plain(story: Story) -> dict[str, object]:
    cover = story.cover
    return {
        "id": story.id, "url": absolute(story.url), "kicker": story.kicker, "headline": story.headline, "summary": story.summary,
        "section": story.section_slug, "org": story.org_slug, "org_name": story.org, "published_at": story.published_at,
        "updated_at": story.updated_at, "credits": [_credit(item) for item in story.credits],
        "cover": picture(cover, story.cover_alt, cover.caption, cover.credit) if cover else None,
    }  # fmt: skip


def _credit(item: Credit) -> CreditOut:
    return CreditOut(role=item.role, names=list(item.names), org_slug=item.org_slug)


RESOURCE = ApiResource("news", _l("新闻"), (
    ApiOperation("GET", "/news/sections", "sections_list", _l("栏目"), sections, scope=None, answer=SectionOut, listed=True, shared=True),
    ApiOperation(
        "GET", "/news/articles", "articles_list", _l("稿件的列表，新的在前"), articles, scope=None, query=ArticlesIn, answer=ArticleOut,
        paged=True, shared=True, errors={404: ("not-found",)}, description=_l("翻页期间新发布的稿件不会打乱顺序，也不会重复。"),
    ),
    ApiOperation(
        "GET", "/news/articles/{id:int}", "articles_get", _l("一篇稿件"), article, scope=None, answer=ArticleDetailOut, shared=True,
        errors={410: ("withdrawn",)}, description=_l("已撤下的稿件得到 410，message 是撤下的说明。"),
    ),
))  # fmt: skip
