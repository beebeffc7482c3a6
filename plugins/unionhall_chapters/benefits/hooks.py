"""Wiring of benefits, claims and payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    Area,
    Card,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    PageView,
    Person,
    PersonalData,
    PublicityKind,
    ReportFigure,
    SitemapEntry,
    clock,
    fills,
    hookimpl,
)
from unionhall_chapters.benefits import checking, demo, exports, figures, keeping, menus, notes, queries, routes, site


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to benefits."""
    return menus.entries(area, actor)


@hookimpl
def unionhall_member_cards(person: Person) -> Iterable[Card]:
    """One's claims."""
    found = menus.card(person)
    return [found] if found else []


@hookimpl
@fills("chapters_chapter")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """Benefits on a chapter's page."""
    found = site.slot(slot, page)
    return [found] if found else []


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The catalogue and what is offered."""
    yield SitemapEntry(url_for("chapters.benefits"))
    for row in queries.offered(clock.local_day(clock.now())):
        yield SitemapEntry(url_for("chapters.benefit", benefit_id=row.id), row.created_at)


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Closing, erasing, handing over."""
    return [Job("chapters.claims", _l("福利申请办结和到期删除"), timedelta(hours=6), keeping.tend)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What a person is told of a claim."""
    return notes.KINDS


@hookimpl
def unionhall_publicity_kinds() -> Iterable[PublicityKind]:
    """Claims on public view."""
    return [checking.PUBLICITY]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """A person's claims."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Claims and payments."""
    return exports.SOURCES


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """People, times, money."""
    return figures.figures()


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Papers of claims."""
    return keeping.stored_files()


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Benefits and claims go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """A catalogue and claims in every state."""
    demo.load(now)


__all__ = ["routes"]
