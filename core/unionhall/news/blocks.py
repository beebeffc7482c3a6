"""What the news puts on other pages: the home page's blocks and an org's latest stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template
from markupsafe import Markup
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.types import HomeBlock
from unionhall.news import cards, listing, most_read, queries
from unionhall.news.models import Article
from unionhall.orgs.models import Org
from unionhall.platform import pagecache
from unionhall.platform.access import unscoped
from unionhall.site.paging import page_number

TOP, EACH, NOTICES, ORGS = 4, 4, 6, 8
NOTICE_SLUGS = frozenset({"notices", "notice", "gonggao", "announcements"})


def home(now: datetime) -> Iterator[HomeBlock]:
    """Yield the lead, a block for each section, the notices, the newest of each org and what is read most."""
    pagecache.tag("news")
    sections = [section for section in queries.public_sections() if section.open]
    front = queries.front(now, sections, top=TOP, each=NOTICES, orgs=ORGS)
    if front.lead is None:
        return
    yield HomeBlock(cards.block("news/home_lead.html", story=front.lead, top=front.top), "lead", 0)
    for order, section in enumerate(sections):
        if stories := front.sections[section.id]:
            yield _section(section, stories, order)
    if len(front.orgs) > 1:
        yield HomeBlock(cards.block("news/home_orgs.html", stories=front.orgs), "main", 500)
    for body in most_read.shown(most=most_read.SHOWN_AT_HOME):
        yield HomeBlock(body, "side", 50)


def _section(section: queries.SectionView, stories: list[queries.Story], order: int) -> HomeBlock:
    words = {"slug": section.slug, "name": queries.section_name(section)}
    if section.slug in NOTICE_SLUGS:
        return HomeBlock(cards.block("news/home_notices.html", stories=stories, **words), "side", 0)
    first = next((story for story in stories if story.cover), stories[0])
    rest = [story for story in stories if story is not first][: EACH if not first.cover else EACH - 1]
    return HomeBlock(cards.block("news/home_section.html", first=first, rest=rest, **words), "main", 100 + order)


def of_org(org_id: int) -> Iterator[Markup]:
    """Yield a page of what an org and those below it published."""
    org = db.session().get(Org, org_id)
    page = queries.of_org(org.path, clock.now(), page_number()) if org else None
    if page and page.stories:
        yield _html("news/org_latest.html", page=page)


def rows_of(org_path: str, limit: int, *, level: int = 3) -> Markup:
    """Return the newest stories of an org and those below it as rows for somebody else's page, "" when there are none."""
    return cards.rows(listing.after(None, limit, listing.Wanted(below=org_path), clock.now()), level, False)


def _html(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))


def going_over(org_id: int) -> Iterator[Markup]:
    """Yield the line of a merger's preview: how many articles, in whatever state, change hands."""
    counted = select(func.count()).select_from(Article).where(Article.org_id == org_id)
    yield _html("news/merge_preview.html", number=db.session().scalar(unscoped(counted, why="merge preview")) or 0)
