"""Wiring of the suggestion box."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    ApiResource,
    Area,
    ComponentType,
    MediaUser,
    NavItem,
    PageView,
    Permission,
    Plugin,
    Role,
    SitemapEntry,
    can,
    fills,
    hookimpl,
)
from unionhall_sample import blocks, desk, queries, rest, site

PLUGIN = Plugin("sample", _l("建议箱"), _l("读者留言，编辑查看。"), icon="inbox")


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    editors = (Role.EDITOR, Role.CHIEF_EDITOR)
    return [Permission("sample.read", _l("看建议"), editors), Permission("sample.manage", _l("展示办理结果"), editors)]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    return [site.bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    return [desk.bp]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    return [rest.RESOURCE]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    if area == "main":
        yield NavItem(_("建议箱"), url_for("sample.box"), "inbox", 900)
    if area == "desk" and can(actor, "sample.read"):
        yield NavItem(_("建议"), url_for("sample_desk.suggestions"), "inbox", 500, _("插件"))


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    return [SitemapEntry("/sample/")]


@hookimpl
@fills("news_article_end")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    if slot == "news_article_end":
        count = queries.about(page.object_id or 0)
        yield Markup(render_template("sample/slot.html", article_id=page.object_id, count=count))


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    return [blocks.ASK]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    return [MediaUser("sample.suggestion", _l("建议"), queries.media_places, "sample:suggestion:")]
