"""What the editor's pages show: the campaign's head, its blocks, what it lacks, what may be done, two people's versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from unionhall.accounts import queries as accounts
from unionhall.base import clock
from unionhall.campaigns import checking, offered, queries, states
from unionhall.campaigns.forms import BasicsForm
from unionhall.campaigns.models import Campaign, Component, State
from unionhall.desk import scope
from unionhall.hooks.types import Actor, Text
from unionhall.host.assets import absolute
from unionhall.news.editor_labels import editor_labels
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform.access import can, current_actor

MOST_ORGS = 400


@dataclass(frozen=True)
class Block:
    """A component as the editor lists it."""

    component: Component
    label: str
    note: str
    icon: str
    missing: bool = False
    setup_url: str = ""

    @property
    def title(self) -> str:
        """Return what it is called."""
        return self.component.title or self.label


def tabs() -> dict[str, Text]:
    """Return {tab: label} of the list."""
    return {"all": _("全部"), **{state.value: name for state, name in states.NAMES.items()}, "templates": _("模板")}


def action_words() -> dict[str, Text]:
    """Return what each step is called in the history."""
    return {way.action: way.label for way in states.TRANSITIONS.values()} | {"create": _("新建"), "change": _("修改")}


def head(campaign: Campaign) -> dict[str, Any]:
    """Return what the head of every page about a campaign shows."""
    actor, now, state = current_actor(), clock.now(), State(campaign.state)
    return {
        "campaign": campaign, "chip": states.CHIPS[state], "state": states.NAMES[state], "now": now,
        "may_edit": states.may_edit(actor, campaign), "may_run": can(actor, states.RUN, campaign.org),
        "may_copy": can(actor, states.EDIT, campaign.org), "link": absolute(campaign.url), "left": _left(campaign, now),
    }  # fmt: skip


def page(campaign: Campaign, form: BasicsForm, *, theirs: list[tuple[str, str, str]] | None = None) -> str:
    """Return the editor; with `theirs`, (field, theirs, mine) of what two people wrote."""
    actor, now = current_actor(), clock.now()
    found = states.open_ways(actor, campaign)
    people = accounts.names({item for item in (campaign.created_by, campaign.submitted_by, campaign.reviewed_by) if item})
    return render_template(
        "campaigns/desk_edit.html", form=form, blocks=blocks(campaign), palette=palette(campaign), theirs=theirs or [],
        problems=checking.problems(campaign, now) if not campaign.ran and campaign.state != State.ARCHIVED else [],
        ways=found, own=states.is_author(actor, campaign), names=people,
        step=queries.steps(campaign)[-1:] if campaign.state == State.RETURNED else [], **head(campaign),
    )  # fmt: skip


def blocks(campaign: Campaign) -> list[Block]:
    """Return the components as the editor lists them."""
    return [block(campaign, component) for component in campaign.components]


def block(campaign: Campaign, component: Component) -> Block:
    """Return one component as the editor lists it."""
    kind = offered.of(component)
    if kind is None:
        return Block(component, component.kind, _("插件没有启用，读者暂时看不到这一块"), "plug", missing=True)
    missing = offered.lacks(campaign, component)
    note = missing[0] if missing else str(kind.summary)
    return Block(component, str(kind.label), note, kind.icon, setup_url=offered.setup_url(campaign, component))


def palette(campaign: Campaign) -> list[Any]:
    """Return the kinds that may be added now."""
    there = {component.kind for component in campaign.components}
    return [kind for kind in offered.types().values() if not (kind.once and kind.kind in there)]


def places(actor: Actor) -> list[Org]:
    """Return the orgs in whose name the actor may hold campaigns, within the org that they work in."""
    here = [org for org in orgs.within([scope.current(actor)]) if can(actor, states.EDIT, org)]
    return (here or orgs.manageable(actor, states.EDIT))[:MOST_ORGS]


def rich(campaign: Campaign) -> dict[str, Any]:
    """Return what the rich text editor on a page needs."""
    may_upload = can(current_actor(), "media.use", campaign.org)
    return {"editor_labels": editor_labels(), "may_upload": may_upload, "upload_url": url_for("media_desk.upload_image")}


def differences(theirs: Campaign, form: BasicsForm) -> list[tuple[str, str, str]]:
    """Return (field, what they saved, what was typed) where the two differ."""
    found = []
    for field in form:
        if field.short_name in {"csrf_token", "version", "key", "slug", "org_id", "cover_id"}:
            continue
        stands, typed = getattr(theirs, field.short_name), field.data
        if (stands or "") != (typed or ""):
            found.append((str(field.label.text), _said(stands), _said(typed)))
    return found


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return _("（空）") if value in {None, ""} else str(value)


def _left(campaign: Campaign, now: datetime) -> str:
    if campaign.state == State.RUNNING and campaign.ends_at:
        days = max(0, (clock.local_day(campaign.ends_at) - clock.local_day(now)).days)
        return _("剩 %(n)s 天", n=days)
    return ""
