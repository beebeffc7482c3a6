"""Wiring of the figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Area, ExportSource, NavItem, ReportFigure, can, hookimpl
from unionhall_rewards import rights
from unionhall_rewards.figures import desk, exports, queries  # noqa: F401 - the routes


def _rows(_path: str, since: date, until: date) -> str:
    return f"/desk/rewards/coupons/?since={since}&until={until - timedelta(days=1)}"


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Coupons given out; what was used is counted by redeeming."""
    group = _l("消费券")
    return [
        ReportFigure("rewards.won", _l("发出的券"), group, "items", queries.won_at, _rows, order=430),
    ]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Stations by what was used there."""
    return [exports.SOURCE]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's page."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("券的统计"), url_for("rewards_desk.figures"), "chart", 59, _("服务"))
