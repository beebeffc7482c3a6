"""Wiring of the news feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import click
from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import fills, hookimpl
from unionhall.hooks.people import NoticeKind, PersonalData
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import (
    Actor,
    Area,
    Card,
    Event,
    FeedEntry,
    HomeBlock,
    Job,
    MediaUser,
    NavItem,
    PageView,
    Permission,
    SearchSource,
    SitemapEntry,
)
from unionhall.news import (
    blocks,
    cli,
    cli_export,
    dashboard,
    demo,
    desk_places,
    editing,
    exporting,
    feeds,
    findable,
    menus,
    most_read,
    notify,
    pictures,
    privacy,
    publishing,
    queries,
    report_figures,
    rest,
)
from unionhall.news.desk_routes import bp as desk_bp
from unionhall.news.rights import PERMISSIONS
from unionhall.news.site import bp
from unionhall.news.transfers import files, running
from unionhall.news.transfers import services as transfers


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """The newsroom's rights."""
    return PERMISSIONS


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """The news for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What is due is published or taken down within seconds of its minute; what is read most; imports and exports."""
    return [
        Job("news.due", _l("定时发布与下线"), timedelta(seconds=1), publishing.run_due),
        Job("news.most_read", _l("更新“大家在看”"), timedelta(minutes=10), most_read.refresh),
        Job("news.transfers", _l("整批导入和导出"), timedelta(seconds=2), running.work, long=True),
        Job("news.transfer_files", _l("清理导入导出的文件"), timedelta(hours=1), files.clear),
    ]


@hookimpl
def unionhall_committed(event: Event) -> None:
    """An author hears of a return or a publication."""
    notify.tell_author(event)


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What authors hear of their contributions."""
    return notify.KINDS


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Articles go to the org that stays, whatever state they are in."""
    editing.hand_over(source_id, target_id)
    transfers.hand_over(source_id, target_id)


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Latest, sections, articles, names and tags."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The newsroom."""
    return [desk_bp]


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall import …` and `unionhall export …`."""
    return [cli.imports, cli_export.exports]


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """What waits for this person, what is scheduled, what happened lately."""
    return dashboard.cards(actor, scope, now)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Invented sections and stories, with the way each one took."""
    demo.load(now)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The sections, in the order that the newsroom gave them; in the desk, what the actor may open and start."""
    if area == "desk":
        yield from menus.desk(actor)
    if area == "create":
        yield from menus.create(actor)
    if area == "main":
        for place, section in enumerate(item for item in queries.public_sections() if item.open):
            yield NavItem(queries.section_name(section), url_for("news.section", section=section.slug), "doc", 100 + place)
    if area == "tabbar":
        yield NavItem(_("新闻"), url_for("news.latest"), "doc", 100)
    if area == "footer":
        yield NavItem(_("全部新闻"), url_for("news.latest"), "doc", 100, _("关于"))


@hookimpl
def unionhall_home_blocks(now: datetime) -> Iterable[HomeBlock]:
    """The lead, the sections, the notices and the newest of each org."""
    return blocks.home(now)


@hookimpl
@fills("org_merge_preview", "news_article_aside", "news_section_aside", "org_page")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """On an org's page: what it and those below it published; beside articles and lists: what is read most; before a
    merger: how many articles go over."""
    if slot == "org_merge_preview" and page.org_id:
        return blocks.going_over(page.org_id)
    if slot == "news_article_aside" and page.kind == "news.article":
        return most_read.shown(but=page.object_id)
    if slot == "news_section_aside":
        return most_read.shown()
    return blocks.of_org(page.object_id) if slot == "org_page" and page.object_id else ()


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Live articles."""
    return [findable.SOURCE]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Articles, with the pictures and documents of what readers see and of the newest revision."""
    return [MediaUser(pictures.KIND, _l("稿件"), desk_places.places, "news:article:")]


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The sections and every live article."""
    yield SitemapEntry(url_for("news.latest"))
    for section in queries.public_sections():
        yield SitemapEntry(url_for("news.section", section=section.slug))
    for url, changed in queries.addresses():
        yield SitemapEntry(url, changed)


@hookimpl
def unionhall_feed(now: datetime, limit: int) -> Iterable[FeedEntry]:
    """The newest stories."""
    return feeds.entries(now, limit)


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What somebody wrote, signed and reviewed."""
    return [PersonalData("news", _l("稿件、署名和审稿"), privacy.export, privacy.erase)]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of articles and the tally."""
    return exporting.SOURCES


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Articles published and used, and how often they were looked at."""
    return report_figures.FIGURES
