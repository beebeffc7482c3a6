"""Wiring of the accounts feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import click
from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.accounts import (  # noqa: F401 - some add routes
    administration,
    cli,
    demo,
    desk,
    desk_me,
    exporting,
    privacy,
    purging,
    report_figures,
    rest,
    services,
    site,
    site_code,
    site_tokens,
)
from unionhall.base.crypto import config
from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import fills, hookimpl
from unionhall.hooks.people import PersonalData
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import Actor, Area, Job, NavItem, PageView, Permission, Role
from unionhall.platform.access import can


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may look after accounts and grants."""
    return [
        Permission("accounts.read", _l("看账号和授权"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("accounts.manage", _l("管理账号和授权"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN)),
    ]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Throttle windows, sessions and links that are over are removed."""
    return [Job("accounts.sweep", _l("清理过期的登录记录"), timedelta(hours=1), services.sweep)]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """Accounts and grants go to the org that stays."""
    administration.hand_over(source_id, target_id, actor=actor, now=now)


@hookimpl
@fills("org_merge_preview")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """Before two orgs are merged: how many accounts and grants go over."""
    if slot == "org_merge_preview" and page.org_id:
        accounts, grants = administration.number_at(page.org_id)
        yield Markup(render_template("accounts/merge_preview.html", accounts=accounts, grants=grants))


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """The account and its sessions."""
    return [PersonalData("accounts", _l("账号和登录记录"), privacy.export, privacy.erase)]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Logging in and out, and one-time links."""
    return [site.bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Everybody's own account, and other people's for those who look after them."""
    return [desk.bp]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Logging in as a program, one's own account and tokens."""
    return rest.RESOURCES


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall accounts …`."""
    return [cli.accounts]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to the accounts, and to one's own tokens."""
    if area == "my":
        yield NavItem(_("接口令牌"), url_for("accounts.my_tokens"), "link", 900)
    if area == "desk" and can(actor, desk.READ):
        yield NavItem(_("账号"), url_for("accounts_desk.accounts"), "people", 820, _("系统"))


@hookimpl
def unionhall_may(actor: Actor, permission: str) -> bool | None:
    """Where a second factor is required of staff, an account without one may do nothing but bind it."""
    account = g.get("account")
    if not config().require_second_factor or account is None or account.id != actor.account_id:
        return None
    return None if account.has_second_factor or permission == "desk.enter" else False


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """The demo's people."""
    demo.load(now)


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of accounts."""
    return [exporting.SOURCE]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """People with a role."""
    return report_figures.FIGURES


@hookimpl
def unionhall_plugin_purging(name: str, now: datetime) -> None:
    """Grants of the plugin's roles, and its scopes."""
    purging.forget(name, now)
