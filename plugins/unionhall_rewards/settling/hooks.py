"""Wiring of the part settling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import click
from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import Actor, Area, Card, ExportSource, Job, NavItem, NoticeKind, PageView, can, fills, hookimpl
from unionhall_rewards import rights
from unionhall_rewards.settling import (
    cli,
    cutting,
    demo,
    exports,
    models,
    notes,
    queries,
    reconcile,
    routes,
    services,
    site,
)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """Settling, in the desk."""
    if area == "desk" and can(actor, rights.READ):
        url, waits = url_for("rewards_desk.settlements"), queries.waiting(actor)
        yield NavItem(_("门店结算"), url, "scale", 56, _("服务"), waits, _("张结算单等办理"))


@hookimpl
def unionhall_dashboard_cards(actor: Actor) -> Iterable[Card]:
    """What the last proof of the accounts said, in red when something is wrong."""
    if can(actor, rights.APPROVE) or can(actor, rights.SETTLE):
        proof = queries.last_proof()
        bad = proof is not None and not proof.ok
        body = Markup(render_template("rewards/settling/desk_card.html", proof=proof, waiting=queries.waiting(actor)))
        yield Card(body, "main" if bad else "side", 5 if bad else 140)


@hookimpl
@fills("stations_till")
def unionhall_slot(page: PageView) -> Iterable[Markup]:
    """The manager's way to the store's statements."""
    found = site.on_till(page)
    return [found] if found else []


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Cutting last month's statements; the proof of the accounts."""
    return [
        Job("rewards.settle", _l("出上个月的结算单"), timedelta(hours=1), cutting.settle, long=True),
        Job("rewards.reconcile", _l("奖券对账"), timedelta(hours=1), reconcile.run, long=True),
    ]


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall rewards`."""
    return [cli.rewards]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """Disputes, corrections, alarms."""
    return notes.KINDS


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Statements, lines, corrections, payees."""
    return exports.SOURCES


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Statements and payments go to the org that stays."""
    services.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Statements in each state."""
    demo.load(now)


__all__ = ["models", "routes"]
