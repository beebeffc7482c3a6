"""Routes of the public shell: home, display preferences, feed, sitemap, robots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from unionhall.base import clock, i18n
from unionhall.base.crypto import config
from unionhall.base.web import csrf, from_here, go, never_cache, no_index, safe_next
from unionhall.hooks.types import HomeBlock, PageView
from unionhall.host.assets import absolute
from unionhall.host.registry import collect
from unionhall.platform.access import current_actor
from unionhall.platform.pagecache import NOTE_COOKIE, shared
from unionhall.site import display, feeds, formatting, shell, sitemaps

PREFERENCES = {"theme": display.THEME_COOKIE, "mode": display.MODE_COOKIE, "lang": i18n.LANGUAGE_COOKIE}
KEEP = timedelta(days=365)
PRIVATE = ("/desk/", "/my/", "/login", "/logout", "/activate", "/preview/", "/preferences", "/corner", "/api/", "/search")

bp = Blueprint("site", __name__)
for _name, _filter in formatting.FILTERS.items():
    bp.add_app_template_filter(_filter, _name)
for _name, _value in shell.GLOBALS.items():
    bp.add_app_template_global(_value, _name)


@bp.get("/")
@shared(unless=("p",))  # /?p=17 was an article's address in WordPress
def home() -> ResponseReturnValue:
    """Show what features and plugins put on the home page."""
    blocks = sorted(collect("unionhall_home_blocks", now=clock.now()), key=lambda block: block.order)
    places: dict[str, list[HomeBlock]] = {"lead": [], "main": [], "side": []}
    for block in blocks:
        places[block.place].append(block)
    return render_template("site/home.html", places=places, page_view=PageView("site.home"))


@bp.post("/preferences")
def preferences() -> ResponseReturnValue:
    """Keep the reader's colours, type size or language in cookies.

    Pages that a cache keeps for everybody cannot carry a token, so the browser's word about where the form stood
    counts instead; a form from anywhere else needs its token.
    """
    if not from_here():
        csrf.protect()
    response = go(safe_next(request.form.get("next"), url_for("site.home")))
    choices = display.cookies(config().languages)
    for name, cookie in PREFERENCES.items():
        if (value := request.form.get(name)) is None:
            continue
        if value not in choices[cookie]:
            abort(400)
        response.set_cookie(cookie, value, max_age=KEEP, secure=config().secure_cookies, httponly=True, samesite="Lax")
    return response


csrf.exempt(preferences)


@bp.get("/corner")
def corner() -> ResponseReturnValue:
    """Return the link that a logged-in person's browser puts in place of "log in" on pages that are for everybody."""
    never_cache()
    return no_index(make_response(render_template("site/corner.html")))


@bp.get("/feed.xml")
@shared()
def feed() -> ResponseReturnValue:
    """Return the newest of everything, as Atom."""
    return feeds.answer(feeds.newest(clock.now()), url_for("site.feed"), url_for("site.home"))


@bp.get("/sitemap.xml")
@shared()
def sitemap() -> ResponseReturnValue:
    """Return every public address, or an index of parts when there are many."""
    parts = sitemaps.parts(clock.now())
    if len(parts) == 1:
        return _xml("site/sitemap.xml", entries=parts[0])
    return _xml("site/sitemap_index.xml", numbers=range(1, len(parts) + 1))


@bp.get("/sitemap-<int:number>.xml")
@shared()
def sitemap_part(number: int) -> ResponseReturnValue:
    """Return one part of the sitemap."""
    parts = sitemaps.parts(clock.now())
    if not 1 <= number <= len(parts):
        abort(404)
    return _xml("site/sitemap.xml", entries=parts[number - 1])


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Tell crawlers what is not for them, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {absolute(url_for('site.sitemap'))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Lead browsers that ignore the page's icon to the mark."""
    return redirect(current_app.jinja_env.globals["asset"]("base/img/mark.svg"))  # type: ignore[operator]


def _xml(template: str, **values: Any) -> Response:
    return Response(render_template(template, **values), mimetype="application/xml")


def _say_that_a_message_waits(response: Response) -> None:
    """While a message waits in the browser's session, pages must not come from the cache, which would not show it."""
    waits, said = "_flashes" in session, NOTE_COOKIE in request.cookies
    if waits and not said:
        response.set_cookie(NOTE_COOKIE, "1", secure=config().secure_cookies, httponly=True, samesite="Lax")
    elif said and not waits:
        response.delete_cookie(NOTE_COOKIE, secure=config().secure_cookies, httponly=True, samesite="Lax")


@bp.after_app_request
def revalidate(response: Response) -> Response:
    """Let browsers and caches ask "still the same?": an ETag on whatever everybody may see, 304 when it is."""
    if response.cache_control.public:
        return response
    _say_that_a_message_waits(response)
    response.vary.add("Cookie")
    if current_actor().known or session.modified or "csrf_token" in g or "Set-Cookie" in response.headers:
        never_cache()
    if request.method in {"GET", "HEAD"} and response.status_code == 200 and not (response.is_streamed or g.get("personal")):
        response.add_etag()
        response.make_conditional(request)
    return response
