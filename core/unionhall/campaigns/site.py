"""Routes of campaigns for readers: lists, one campaign, calendars, its QR code."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.campaigns import calendars, pages, shown, states, structured
from unionhall.campaigns.kinds import text
from unionhall.campaigns.models import Campaign, State
from unionhall.hooks.types import PageView
from unionhall.host.assets import absolute
from unionhall.orgs import queries as orgs
from unionhall.platform.pagecache import shared, tag
from unionhall.site.paging import page_number

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")
bp.add_app_template_global(shown.period_words, "campaign_period")
bp.add_app_template_global(shown.audience_words, "campaign_audience")
OTHERS = 3


@bp.get("/")
@shared("page", "org", "when")
def campaigns() -> ResponseReturnValue:
    """List what runs, comes or is over, perhaps of one org and those below it."""
    tab = request.args.get("when", "running")
    if tab not in shown.TABS:
        abort(404)
    chosen = orgs.by_slug(slug) if (slug := request.args.get("org")) else None
    below = chosen.path if chosen else None
    page = shown.listed(tab, clock.now(), page_number(), below=below)
    return render_template(
        "campaigns/list.html", page=page, tab=tab, numbers=shown.numbers(below), chosen=chosen, places=orgs.regions(),
        page_view=PageView("campaigns.list"),
    )  # fmt: skip


@bp.get("/calendar.ics")
@shared()
def calendar() -> ResponseReturnValue:
    """Return everything that runs or comes, as a calendar to subscribe to."""
    tag(pages.LISTS)
    return calendars.calendar(shown.every(), _("工会活动"))


@bp.get("/<slug>/")
@shared()
def campaign(slug: str) -> ResponseReturnValue:
    """Show a campaign; an old address leads on, one that was taken back or cancelled says so."""
    found = _found(slug)
    if found.slug != slug:
        return redirect(found.url, 301)
    now = clock.now()
    if not shown.is_open(found):
        view, cards = PageView("campaigns.campaign", found.id, found.org_id), shown.now_and_soon(now, OTHERS)
        return render_template("campaigns/gone.html", campaign=found, noindex=True, page_view=view, cards=cards), 410
    return page(found, now)


@bp.get("/<slug>/calendar.ics")
@shared()
def one_calendar(slug: str) -> ResponseReturnValue:
    """Return one campaign as a calendar file; a cancelled one tells subscribers so."""
    found = _found(slug)
    if not (shown.is_open(found) or found.cancelled):
        abort(404)
    return calendars.calendar([found], found.title)


@bp.get("/<slug>/qr.svg")
@shared()
def qr(slug: str) -> ResponseReturnValue:
    """Return the campaign's address as a QR code."""
    return qr_code(_found(slug))


def page(found: Campaign, now: datetime, *, preview: bool = False) -> str:
    """Return a campaign's page as readers see it; with `preview` editors also see what does not show, and why."""
    counts = next((item.counts for item in found.components if item.counts), "")
    card, parts = shown.card(found, now, counts), shown.parts(found, now, preview=preview)
    shown.true_until([card], now)
    others = [] if found.state in {State.RUNNING, State.SCHEDULED} else shown.now_and_soon(now, OTHERS, but=found.id)
    told = found.state == State.PUBLISHED or (found.state == State.ARCHIVED and bool(found.figures or found.result))
    values: dict[str, Any] = {
        "campaign": found, "card": card, "parts": [part for part in parts if not part.rail], "rail": [part for part in parts if part.rail],
        "call": next((part for part in parts if not part.core and not part.problem), None), "others": others, "preview": preview,
        "over": found.state in {State.ENDED, State.PUBLISHED, State.ARCHIVED}, "chip": states.CHIPS[State(found.state)],
        "state": states.NAMES[State(found.state)], "told": told,
        "result": text.shown(found.result) if found.result and (told or preview) else "",
        "structured": structured.event(found, card), "noindex": preview or found.state == State.ARCHIVED,
        "page_view": PageView("campaigns.preview" if preview else "campaigns.campaign", found.id, found.org_id),
        "canonical_path": found.url,
    }  # fmt: skip
    return render_template("campaigns/campaign.html", **values)


def qr_code(found: Campaign) -> Response:
    """Return the campaign's address as an SVG QR code."""
    drawn = BytesIO()
    segno.make(absolute(found.url), error="m", micro=False).save(drawn, kind="svg", scale=8, border=2, xmldecl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _found(slug: str) -> Campaign:
    found = shown.by_slug(slug)
    tag(pages.tag(found.id))
    return found


def list_url(tab: str, org_slug: str | None = None) -> str:
    """Return the address of a public list."""
    return url_for("campaigns.campaigns", when=tab if tab != "running" else None, org=org_slug or None)


bp.add_app_template_global(list_url, "campaigns_list_url")
