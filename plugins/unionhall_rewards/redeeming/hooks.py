"""Wiring of the part redeeming."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    Area,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    PersonalData,
    ReportFigure,
    can,
    fills,
    hookimpl,
)
from unionhall_rewards import rights
from unionhall_rewards.redeeming import (  # noqa: F401 - the tables, the routes, what the parts below are told
    checking,
    demo,
    desk,
    exports,
    figures,
    flags,
    keeping,
    models,
    notes,
    site,
    site_receipts,
    telling,
    using,
)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's list."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("核销"), url_for("rewards_desk.redemptions"), "scan", 62, _("服务"))


@hookimpl
@fills("stations_till")
def unionhall_slot() -> Iterable[Markup]:
    """The way to redeeming on a till's page."""
    yield Markup(render_template("rewards/redeeming/till_link.html", url=url_for("rewards.till")))


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Patterns that somebody should look at."""
    return [Job("rewards.flags", _l("找不寻常的核销"), timedelta(hours=1), flags.search)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """A coupon was used, or given back."""
    return notes.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Where one's coupons were used."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Redemptions."""
    return [exports.REDEMPTIONS]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """How many, how much."""
    return figures.report()


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Redemptions of some months, and of today."""
    demo.load(now)
