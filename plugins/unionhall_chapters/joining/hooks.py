"""Wiring of founding, the chapters' pages, joining and offices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    ApiResource,
    Area,
    Card,
    ComponentType,
    ExportSource,
    HomeBlock,
    Job,
    MediaUser,
    NavItem,
    NoticeKind,
    PageView,
    Person,
    PersonalData,
    SearchSource,
    SitemapEntry,
    fills,
    hookimpl,
)
from unionhall_chapters import pages
from unionhall_chapters.joining import (  # noqa: F401 - routes and tables
    cards,
    component,
    demo,
    desk_routes,
    exports,
    findable,
    keeping,
    menus,
    merging,
    models,
    notes,
    rest,
    shown,
    site_routes,
    terms,
    unorganised,
)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to chapters."""
    return menus.entries(area, actor)


@hookimpl
def unionhall_home_blocks(now: datetime) -> Iterable[HomeBlock]:
    """A strip of chapters."""
    return cards.home(now)


@hookimpl
@fills("org_merge_preview", "org_page")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """On an org's page its chapters; before a merger what goes over."""
    if slot == "org_merge_preview" and page.org_id:
        return cards.going_over(page.org_id)
    return cards.of_org(page.object_id) if slot == "org_page" and page.object_id else ()


@hookimpl
def unionhall_member_cards(person: Person, now: datetime) -> Iterable[Card]:
    """The chapters that one belongs to, beside one's union."""
    return cards.mine(person, now)


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str) -> Iterable[Card]:
    """Applications that wait."""
    return cards.dashboard(actor, scope)


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Terms of office, and the lists that are not kept for ever."""
    return [
        Job("chapters.terms", _l("协会任期提醒和到期"), timedelta(hours=6), terms.look_after),
        Job("chapters.unorganised", _l("过期的入会登记删除"), timedelta(hours=24), unorganised.forget_old),
    ]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What people are told of chapters."""
    return notes.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What chapters hold about a person."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of chapters, a chapter's roster."""
    return exports.SOURCES


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    """Chapters to join as a part of a campaign."""
    return [component.JOIN]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Chapters for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Chapters that readers find."""
    return [findable.SOURCE]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Chapters, with covers, albums and faces."""
    return [MediaUser(pages.KIND, _l("协会"), findable.places, "chapters:chapter:")]


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The list and every chapter."""
    yield SitemapEntry(url_for("chapters.chapters"))
    for chapter in shown.addresses():
        yield SitemapEntry(url_for("chapters.chapter", slug=chapter.slug), chapter.updated_at)


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """What hangs on an org goes to the one that stays."""
    merging.hand_over(source_id, target_id, actor=actor, now=now)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Three invented chapters."""
    demo.load(now)
