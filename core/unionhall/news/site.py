"""Routes of the news for readers: latest, sections, articles, names, tags."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.hooks.types import PageView
from unionhall.host.assets import absolute
from unionhall.news import cards, feeds, opened, pictures, queries, reading, structured
from unionhall.news.exchange import arriving
from unionhall.news.labels import role_word
from unionhall.news.models import State
from unionhall.orgs import queries as orgs
from unionhall.platform.pagecache import shared, tag
from unionhall.site.feeds import SIZE
from unionhall.site.feeds import answer as answer_feed
from unionhall.site.paging import page_number

bp = Blueprint("news", __name__, url_prefix="/news")


for _helper, _name in (
    (role_word, "role_word"), (queries.section_name, "section_name"), (queries.org_name, "org_name"), (cards.card, "story_card"),
    (cards.rows, "story_rows"),
    (pictures.cover_words, "cover_words"),
):  # fmt: skip
    bp.add_app_template_global(_helper, _name)


@bp.before_app_request
def lead_old_addresses_here() -> ResponseReturnValue | None:
    """Answer an address that an imported article had elsewhere: one that no route knows, or WordPress' `/?p=17`."""
    asked = f"/?p={request.args['p']}" if request.path == "/" and "p" in request.args else request.path
    if request.method not in {"GET", "HEAD"} or (request.routing_exception is None and asked == request.path):
        return None
    target = arriving.leads_to(asked)
    return redirect(target, 301) if target else None


@bp.get("/")
@shared("page")
def latest() -> ResponseReturnValue:
    """List everything, newest first."""
    page = queries.all_latest(clock.now(), page_number())
    return render_template("news/latest.html", page=page, sections=queries.public_sections(), page_view=PageView("news.latest"))


@bp.get("/by/<path:name>/")
@shared("page")
def by_name(name: str) -> ResponseReturnValue:
    """List what is signed with a name."""
    page = queries.by_name(name, clock.now(), page_number())
    return render_template("news/by_name.html", page=page, name=name, page_view=PageView("news.by"))


@bp.get("/tag/<path:name>/")
@shared("page")
def with_tag(name: str) -> ResponseReturnValue:
    """List what is filed under a word."""
    page = queries.with_tag(name, clock.now(), page_number())
    return render_template("news/tag.html", page=page, name=name, page_view=PageView("news.tag"))


@bp.get("/<section>/")
@shared("page", "org")
def section(section: str) -> ResponseReturnValue:
    """List a section, perhaps only what one org and those below it published."""
    found = queries.public_section(section)
    chosen = orgs.by_slug(slug) if (slug := request.args.get("org")) else None
    page = queries.in_section(found.id, clock.now(), page_number(), below=chosen.path if chosen else None)
    return render_template(
        "news/section.html", section=found, name=queries.section_name(found), page=page, chosen=chosen,
        places=orgs.regions(), page_view=PageView("news.section", found.id),
    )  # fmt: skip


@bp.get("/<section>/feed.xml")
@shared()
def section_feed(section: str) -> ResponseReturnValue:
    """Return a section's newest stories, as Atom."""
    found = queries.public_section(section)
    own, page = url_for("news.section_feed", section=section), url_for("news.section", section=section)
    return answer_feed(feeds.entries(clock.now(), SIZE, found.id), own, page, queries.section_name(found))


@bp.get("/<section>/<slug>/")
@shared()
def article(section: str, slug: str) -> ResponseReturnValue:
    """Show an article; a withdrawn one keeps its address and says so."""
    found = opened.public_article(slug)
    tag(f"news:article:{found.id}")
    if found.section.slug != section:
        return redirect(found.url, 301)
    if found.withdrawn_at:
        return _withdrawn(found)
    now = clock.now()
    text, around = reading.text(found.live), opened.around(found, now)
    return render_template(
        "news/article.html", article=found, live=found.live, text=text, story=opened.story(found),
        corrections=opened.corrections(found), related=around.related, before=around.before, after=around.after,
        structured=structured.news_article(found, text.characters),
        noindex=found.state == State.ARCHIVED, page_view=_view(found),
    )  # fmt: skip


@bp.get("/<section>/<slug>/qr.svg")
@shared()
def qr(section: str, slug: str) -> ResponseReturnValue:
    """Return the article's address as a QR code."""
    found = opened.public_article(slug)
    tag(f"news:article:{found.id}")
    drawn = BytesIO()
    segno.make(absolute(found.url), error="m", micro=False).save(drawn, kind="svg", scale=5, border=2, xmldecl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _withdrawn(found: opened.Opened) -> ResponseReturnValue:
    page = render_template(
        "news/withdrawn.html", article=found, name=queries.section_name(found.section), noindex=True, page_view=_view(found)
    )
    return page, 410


def _view(found: opened.Opened) -> PageView:
    return PageView("news.article", found.id, found.org.id)
