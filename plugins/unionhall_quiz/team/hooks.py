"""Wiring of the part team."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Area, ExportSource, Job, NavItem, PersonalData, hookimpl
from unionhall_quiz.team import counting, demo, exports, keeping, menus, models, site  # noqa: F401 - routes and tables


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Counting the month, once a day for each round."""
    return [Job("quiz.months", _l("每日一答：各工会比例、月度之星、年龄"), timedelta(hours=1), counting.run)]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """One's own streaks and stars."""
    return menus.entries(area)


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Stars, and how one is named."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Unions by share."""
    return [exports.TEAMS]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Lines of an org that ends."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """The months of the demo's rounds."""
    demo.load(now)
