"""Hook implementations of this part: wiring only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Area,
    Card,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    PageView,
    Person,
    PersonalData,
    ProofKind,
    ReportFigure,
    SearchSource,
    clock,
    fills,
    hookimpl,
)
from unionhall_chapters.volunteers import demo as invented
from unionhall_chapters.volunteers import (
    desk,
    desk_hours,
    desk_shifts,
    figures,
    findable,
    hours,
    keeping,
    lists,
    my,
    places,
    queries,
    shifts,
    site,
    statements,
    telling,
)

__all__ = ["desk", "desk_hours", "desk_shifts", "my", "site"]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Hours of shifts that are over."""
    return [Job("chapters.hours", _l("志愿服务工时结算"), timedelta(minutes=10), hours.settle_due)]


@hookimpl
def unionhall_may_sign_up(owner_kind: str, owner_id: int, member_id: int | None) -> str | None:
    """Shifts are for the team, and not for who is paused."""
    return shifts.refusal(owner_id, member_id, clock.now()) if owner_kind == queries.OWNER else None


@hookimpl
@fills("chapters_chapter")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """Teams and next shifts on a chapter's page."""
    return places.on_chapter(page) if slot == "chapters_chapter" else ()


@hookimpl
def unionhall_navigation(area: Area) -> Iterable[NavItem]:
    """A volunteer's own page."""
    return places.entries(area)


@hookimpl
def unionhall_member_cards(person: Person, now: datetime) -> Iterable[Card]:
    """The next shift, and the hours of this year."""
    return places.card(person, now)


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What people are told."""
    return telling.KINDS


@hookimpl
def unionhall_proof_kinds() -> Iterable[ProofKind]:
    """A year's statement of service hours."""
    return [statements.KIND]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What volunteering holds about a person."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Hours, in the columns of the public volunteer register."""
    return [lists.HOURS]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Volunteers, person-times, hours."""
    return figures.report()


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Teams."""
    return [findable.SOURCE]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Rows of a chapter's org go to the one that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Three teams with a past and a future."""
    invented.load(now)
