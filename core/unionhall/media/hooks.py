"""Wiring of the media feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.markers import fills, hookimpl
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import Actor, Area, Job, NavItem, PageView, Permission, Role
from unionhall.media import exporting, folders, library, purging, renditions, report_figures, rights, stored
from unionhall.media.desk_routes import bp as desk_bp
from unionhall.media.site import bp
from unionhall.platform.access import can


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may upload and use assets, and who may change those of others."""
    editors = (Role.EDITOR, Role.CHIEF_EDITOR)
    return [
        Permission(rights.USE, _l("上传和使用素材"), (Role.CORRESPONDENT, *editors)),
        Permission(rights.MANAGE, _l("修改、替换和删除本组织及下级的素材"), editors),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The files themselves."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The library."""
    return [desk_bp]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Variants of pictures that take time; those without AVIF are looked for every day."""
    return [
        Job("media.renditions", _l("生成图片的 AVIF 和裁切"), timedelta(seconds=1), renditions.run, long=True),
        Job("media.missing", _l("找出还没有 AVIF 的图片"), timedelta(days=1), renditions.look_again),
    ]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The library, in the desk's menu and among what one may start."""
    if area == "desk" and can(actor, rights.USE):
        yield NavItem(_("素材库"), url_for("media_desk.index"), "image", 30, _("编辑"))
    if area == "create" and can(actor, rights.USE):
        yield NavItem(_("上传素材"), url_for("media_desk.index", _anchor="upload"), "upload", 30)


@hookimpl
@fills("org_merge_preview")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """Before a merger: how many assets go over."""
    if slot == "org_merge_preview" and page.org_id:
        yield Markup(render_template("media/merge_preview.html", number=library.number_of(page.org_id)))


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, now: datetime) -> None:
    """Assets and folders go to the org that stays."""
    folders.hand_over(source_id, target_id, now=now)


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Every asset's files."""
    return stored.names()


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of assets."""
    return [exporting.SOURCE]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Assets added and kept."""
    return report_figures.FIGURES


@hookimpl
def unionhall_plugin_purging(name: str) -> None:
    """Where the plugin's objects show assets."""
    purging.forget(name)
