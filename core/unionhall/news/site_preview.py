"""The signed preview for somebody without a login: a page with a frame in two widths, and the article inside it."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.base.web import never_cache, no_index
from unionhall.hooks.types import PageView
from unionhall.news import opened, previews, reading
from unionhall.news.site import bp

PHONE, DESKTOP = 390, 1280


@bp.get("/preview/<token>")
def preview(token: str) -> ResponseReturnValue:
    """Frame the newest revision at a phone's or a desktop's width."""
    article, until = previews.shown(token), previews.ends(token)
    width = DESKTOP if request.args.get("size") == "desktop" else PHONE
    return _private(render_template("news/preview.html", article=article, token=token, width=width, until=until))


@bp.get("/preview/<token>/page")
def preview_page(token: str) -> ResponseReturnValue:
    """Show the newest revision as readers would see it."""
    found, now = previews.shown(token), clock.now()
    story = previews.story(found, now)
    text = reading.text(found.head)
    page = render_template(
        "news/preview_page.html", article=previews.as_published(found, now), live=found.head, text=text, story=story,
        corrections=[], related=opened.around_draft(found, now).related, before=None, after=None, structured={},
        noindex=True, page_view=PageView("news.preview", found.id, found.org_id),
    )
    return _private(page)


def _private(page: str) -> Response:
    """Keep the page out of caches and search engines, and its address out of other sites' logs."""
    never_cache()
    response = no_index(make_response(page))
    response.headers["Referrer-Policy"] = "no-referrer"
    found: Response = response
    return found
