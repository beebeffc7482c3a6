"""Hook implementations of this part: wiring only."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _

from unionhall.plugin import Actor, Area, ExportSource, NavItem, ReportFigure, can, hookimpl
from unionhall_chapters import rights
from unionhall_chapters.figures import counting, desk, exports  # noqa: F401 - the routes


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Chapters by kind, their members, second cover."""
    return counting.REPORT


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Chapters side by side."""
    return [exports.FIGURES]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's page."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("协会统计"), url_for("chapters_desk.figures"), "chart", 332, _("活动与会员"))
