"""The hook specifications. Hooks return and never mutate; an implementation may take any subset of arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click
from flask import Blueprint
from markupsafe import Markup
from wtforms import Form

from unionhall.hooks.api import ApiResource
from unionhall.hooks.components import ComponentType
from unionhall.hooks.markers import hookspec
from unionhall.hooks.people import Channel, NoticeKind, Person, PersonalData
from unionhall.hooks.proofs import ProofKind
from unionhall.hooks.publicity import PublicityKind
from unionhall.hooks.reporting import AuditWords, ExportSource, ReportFigure
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
    RoleKind,
    SearchSource,
    SitemapEntry,
)


@hookspec
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Return blueprints for readers and members, mounted under your URL prefix."""


@hookspec
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Return blueprints for editors, mounted under /desk; each view names its permission with `needs`."""


@hookspec
def unionhall_permissions() -> Iterable[Permission]:
    """Return the permissions you define, with label and the roles that bring them."""


@hookspec
def unionhall_roles() -> Iterable[RoleKind]:
    """Return the roles that you add, with the core's permissions that they bring besides yours."""


@hookspec
def unionhall_jobs() -> Iterable[Job]:
    """Return repeatable jobs: name, interval, function taking now."""


@hookspec
def unionhall_commands() -> Iterable[click.Command]:
    """Return commands for the `unionhall` command line."""


@hookspec
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """Return entries for a menu that this actor may follow."""


@hookspec
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """Return cards for the desk's dashboard, within the org path `scope` that the actor works in."""


@hookspec
def unionhall_home_blocks(now: datetime) -> Iterable[HomeBlock]:
    """Return blocks of the public home page; they carry nothing personal."""


@hookspec
def unionhall_block_types() -> Iterable[ComponentType]:
    """Return the kinds of components that an editor may put into a campaign."""


@hookspec
def unionhall_member_cards(person: Person, now: datetime) -> Iterable[Card]:
    """Return cards for the page `/my/` of the person who is logged in."""


@hookspec
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Return what you hold about people: how it is exported and erased, and what must be kept."""


@hookspec
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """Return the events that you tell people of, with their texts; say `notify(...)` when one happens."""


@hookspec
def unionhall_publicity_kinds() -> Iterable[PublicityKind]:
    """Return what of yours is put on public view with time to object; say `open_publicity(...)` when one begins."""


@hookspec
def unionhall_channels() -> Iterable[Channel]:
    """Return ways to reach people beside the inbox; one named like a bundled channel takes its place."""


@hookspec
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Return the lists that may be exported as a spreadsheet."""


@hookspec
def unionhall_proof_kinds() -> Iterable[ProofKind]:
    """Return the kinds of documents that you issue and that anybody may check by their number."""


@hookspec
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Return figures for the leadership's report of an org and a period."""


@hookspec
def unionhall_audit_words() -> Iterable[AuditWords]:
    """Return what the audit trail calls your acts and their objects."""


@hookspec
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Return JSON resources under /api/v1/<plugin>/, with the scope that each operation needs of a token."""


@hookspec
def unionhall_api_counts(actor: Actor) -> Iterable[tuple[str, int]]:
    """Return (name, number) of what waits for the account that asks, for GET /api/v1/me."""


@hookspec
def unionhall_slot(slot: str, page: PageView, actor: Actor) -> Iterable[Markup]:
    """Return safe HTML for a named place in a page."""


@hookspec
def unionhall_sitemap(now: datetime) -> Iterable[SitemapEntry]:
    """Return your public addresses and when each last changed."""


@hookspec
def unionhall_feed(now: datetime, limit: int) -> Iterable[FeedEntry]:
    """Return your newest public entries for the site's Atom feed, newest first."""


@hookspec
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Return what of yours search finds; say `search_changed(kind, id)` whenever one of them changes."""


@hookspec
def unionhall_media_users() -> Iterable[MediaUser]:
    """Return what of yours shows assets of the media library; say `note_media(kind, id, asset_ids)` whenever one changes."""


@hookspec
def unionhall_stored_files() -> Iterable[str]:
    """Return the names of all stored files that your rows need; what nobody names is removed by `doctor --fix`."""


@hookspec
def unionhall_may(actor: Actor, permission: str, org_path: str) -> bool | None:
    """Return False to refuse, None to stay silent; you cannot grant."""


@hookspec
def unionhall_may_sign_up(owner_kind: str, owner_id: int, member_id: int | None) -> str | None:
    """Return a sentence that refuses somebody a sign-up sheet of yours, None to stay silent."""


@hookspec
def unionhall_org_merging(source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """Hand over what the source org owns to the target, inside the unit of work that merges them."""


@hookspec
def unionhall_committed(event: Event) -> None:
    """React to something that has been committed; may be called twice."""


@hookspec
def unionhall_settings_form() -> type[Form] | None:
    """Return the form of your settings, a `SettingsForm`; read them with `plugin_settings(name)`."""


@hookspec
def unionhall_plugin_purging(name: str, now: datetime) -> None:
    """Remove what you keep under the name of a plugin that is being purged, inside its unit of work."""


@hookspec
def unionhall_demo(now: datetime) -> None:
    """Add invented demo content inside the unit of work that is open; called once, features first."""
