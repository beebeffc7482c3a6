"""The sheet as a component of a campaign, "signups.sheet", and as a panel that plugins put on pages of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.base import db
from unionhall.hooks.components import ComponentType, ComponentView, Figure
from unionhall.hooks.types import SYSTEM, Actor, Text
from unionhall.orgs.models import Org
from unionhall.platform import pagecache
from unionhall.signups import figures, places, queries, sheets, standing
from unionhall.signups.models import Audience, Sheet, SheetState
from unionhall.signups.sheets import Setup

OWNER = "campaigns.component"
COMING = frozenset({"draft", "review", "returned", "scheduled"})
STATES = {
    "draft": SheetState.HELD, "review": SheetState.HELD, "returned": SheetState.HELD, "scheduled": SheetState.PAUSED,
    "running": SheetState.OPEN, "paused": SheetState.PAUSED, "ended": SheetState.CLOSED, "published": SheetState.CLOSED,
    "archived": SheetState.CLOSED,
}  # fmt: skip


def panel(sheet: Sheet, now: datetime, *, opens_at: datetime | None = None) -> Markup:
    """Return the part of a public page that shows a sheet: nothing personal in it. Tags the page, and ends it in time.

    `opens_at` is when a sheet that is still held back opens with what it belongs to.
    """
    pagecache.tag(places.page_tag(sheet.id))
    for moment in (sheet.opens_at, sheet.closes_at):
        if moment and moment > now:
            pagecache.until(moment)
    left, waits = places.band(sheet)
    url, stands = url_for("signups.sheet", sheet_id=sheet.id), standing.of(sheet, now)
    soon = sheet.opens_at if sheet.opens_at and sheet.opens_at > now else None
    if stands == standing.Standing.PAUSED and opens_at:
        stands, soon = standing.Standing.NOT_YET, max(opens_at, soon or opens_at)
    return Markup(render_template("signups/block.html", sheet=sheet, stands=str(stands), left=left, waits=waits, url=url, soon=soon))


def _sheet(view: ComponentView) -> Sheet | None:
    return queries.of_owner(OWNER, view.id)


def _render(view: ComponentView, now: datetime) -> Markup:
    found = _sheet(view)
    return panel(found, now, opens_at=view.starts_at if view.state in COMING else None) if found else Markup()


def _added(view: ComponentView, actor: Actor, now: datetime) -> Mapping[str, Any]:
    org = db.session().get_one(Org, view.org_id)
    setup = Setup(
        title=view.campaign_title or view.title, closes_at=view.ends_at, starts_at=None, ends_at=view.ends_at,
        audience=Audience(view.audience), audience_org_id=view.org_id if view.audience == Audience.SUBTREE else None,
    )  # fmt: skip
    state = STATES.get(view.state, SheetState.HELD)
    made = sheets.create_sheet(
        OWNER, view.id, setup, org=org, actor=SYSTEM, now=now, owner_url=view.campaign_url, state=state
    )
    return {"sheet": made.id}


def _copied(old: ComponentView, new: ComponentView, actor: Actor, now: datetime) -> Mapping[str, Any]:
    source = _sheet(old)
    if source is None:
        return _added(new, actor, now)
    org = db.session().get_one(Org, new.org_id)
    changes = {"title": new.campaign_title or source.title, "closes_at": new.ends_at, "ends_at": new.ends_at}
    made = sheets.copy_sheet(source, OWNER, new.id, org=org, actor=SYSTEM, now=now, **changes)
    made.owner_url, made.state = new.campaign_url, STATES.get(new.state, SheetState.HELD).value
    return {"sheet": made.id}


def _removed(view: ComponentView, actor: Actor, now: datetime) -> None:
    if found := _sheet(view):
        sheets.remove_sheet(found, actor=SYSTEM, now=now)


def _moved(view: ComponentView, before: str, after: str, actor: Actor, now: datetime) -> None:
    """Open, pause or close with the campaign. Who decides on the campaign decides on its sheet."""
    found, state = _sheet(view), STATES.get(after)
    if found and state:
        found.owner_url = view.campaign_url or found.owner_url
        sheets.set_state(found, state, actor=SYSTEM, now=now)


def _lacks(view: ComponentView) -> Iterable[Text]:
    found = _sheet(view)
    if found is None:
        return [_("报名表还没有建好，请移除这个组件再加一次。")]
    lacking = []
    if found.closes_at is None:
        lacking.append(_("报名表没有截止时间。"))
    if not found.consent and any(field.kind in ("id", "mobile", "file") for field in found.fields):
        lacking.append(_("报名表要填证件、手机或文件，却没有写个人信息告知。"))
    return lacking


def _setup_url(view: ComponentView) -> str:
    found = _sheet(view)
    return url_for("signups_desk.settings", sheet_id=found.id) if found else ""


def _figures(view: ComponentView) -> Iterable[Figure]:
    found = _sheet(view)
    return figures.of_sheet(found) if found else []


def _result(view: ComponentView, now: datetime) -> Markup:
    found = _sheet(view)
    return Markup(render_template("signups/result.html", figures=figures.of_sheet(found))) if found else Markup()


def _data(view: ComponentView, now: datetime) -> Mapping[str, Any]:
    found = _sheet(view)
    return {"sheet": found.id} if found else {}


SHEET = ComponentType(
    "signups.sheet", _l("报名"), _l("报名表：名额、候补、审核、签到，名单一处管。"), _render, icon="edit", added=_added, copied=_copied,
    removed=_removed, moved=_moved, lacks=_lacks, setup_url=_setup_url, figures=_figures, result=_result, data=_data, frozen=True,
)  # fmt: skip
