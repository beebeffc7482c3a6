"""Wiring of public notices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import NoticeKind, PersonalData
from unionhall.hooks.reporting import AuditWords
from unionhall.hooks.types import Actor, Area, Job, NavItem, Permission, Role, SitemapEntry
from unionhall.platform.access import can
from unionhall.publicity import desk, keeping, notes, queries, services, site, trail


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who handles objections."""
    return [Permission(queries.HANDLE, _l("处理公示的异议、撤回公示"), (Role.ORG_ADMIN,))]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Notices for readers."""
    return [site.bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Notices at the desk."""
    return [desk.bp]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Ending what is due, forgetting names."""
    return [
        Job("publicity.end", _l("公示到期"), timedelta(minutes=10), services.end_due),
        Job("publicity.erase", _l("公示结束后隐去姓名"), timedelta(hours=6), keeping.erase_old),
    ]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The list, for readers below every page and at the desk."""
    if area == "footer":
        yield NavItem(_("公示"), url_for("publicity.notices"), "doc", 210, _("关于"))
    if area == "desk" and can(actor, queries.HANDLE):
        yield NavItem(_("公示"), url_for("publicity_desk.notices"), "eye", 330, _("活动与会员"), queries.waiting(actor), _("份异议等答复"))


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """Objections and answers."""
    return notes.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What a person objected to."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The list and what is on view."""
    yield SitemapEntry(url_for("publicity.notices"))
    for notice_id, changed in queries.addresses():
        yield SitemapEntry(url_for("publicity.notice", notice_id=notice_id), changed)


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Notices go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_audit_words() -> Iterable[AuditWords]:
    """Acts of public notices."""
    return [trail.WORDS]
