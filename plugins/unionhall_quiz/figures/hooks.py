"""Wiring of the figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Area, ExportSource, NavItem, NoticeKind, ReportFigure, can, hookimpl
from unionhall_quiz import rights
from unionhall_quiz.figures import desk, exports, models, queries, services  # noqa: F401 - routes and tables


def _rows(_path: str, since: date, until: date) -> str:
    return f"/desk/quiz/figures/rows?since={since}&until={until - timedelta(days=1)}"


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """People and person-times."""
    group = _l("每日一答")
    return [
        ReportFigure("quiz.people", _l("参加答题"), group, "people", queries.people_at, _rows, order=420),
        ReportFigure("quiz.attempts", _l("答题人次"), group, "times", queries.attempts_at, _rows, order=421),
    ]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Right answers by topic; who took part on which day; ages."""
    return exports.SOURCES


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """An idea for a story."""
    return [services.IDEA]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's page."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("答题统计"), url_for("quiz_desk.figures"), "chart", 62, _("服务"))
