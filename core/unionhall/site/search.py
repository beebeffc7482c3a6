"""Routes of the search: the page of results, and what completes a word while it is typed."""

from __future__ import annotations

from datetime import date, timedelta

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import NotFound
from unionhall.base.web import no_index
from unionhall.hooks.types import PageView
from unionhall.platform.search import asking, reading
from unionhall.site.paging import page_number
from unionhall.site.site import bp

GIVEN = ("section", "org", "kind", "from", "to", "sort")
PERIODS = (7, 30, 365)


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Show one page of what was found, and what it can be limited to."""
    given = {name: value for name in GIVEN if (value := request.args.get(name, "").strip())}
    query, number = asking.read(request.args.get("q", ""), given), page_number()
    if number > reading.MOST_PAGES:
        raise NotFound()
    page = reading.find(query, number)
    if number > page.pages:
        raise NotFound()
    kept = {"q": query.text} | given
    return no_index(make_response(render_template(
        "site/search.html", page=page, query=query, kept=kept, facets=reading.facets(), periods=_periods(), noindex=True,
        page_view=PageView("site.search"), narrowed=lambda **values: _narrowed(kept, values),
    )))  # fmt: skip


@bp.get("/search/suggest")
def suggest() -> ResponseReturnValue:
    """Return up to eight words that begin like what is being typed."""
    answer = jsonify(words=reading.suggestions(request.args.get("q", "")))
    answer.headers["Cache-Control"] = "public, max-age=60"
    return no_index(answer)


def _narrowed(kept: dict[str, str], values: dict[str, str]) -> str:
    """Return this search's address with some of its limits changed; an empty value takes one away."""
    wanted = {name: value for name, value in (kept | {name.strip("_"): value for name, value in values.items()}).items() if value}
    return url_for("site.search", **wanted)  # type: ignore[arg-type]


def _periods() -> list[tuple[str, str]]:
    """Return the spans of time to choose from, as (first day, label)."""
    today: date = clock.local_day(clock.now())
    labels = {7: _("一周内"), 30: _("一月内"), 365: _("一年内")}
    return [((today - timedelta(days=days)).isoformat(), labels[days]) for days in PERIODS]
