"""Wiring of the part coupons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    Actor,
    ApiResource,
    Area,
    Card,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    Person,
    PersonalData,
    hookimpl,
)
from unionhall_rewards.coupons import (  # noqa: F401 - the routes
    checking,
    demo,
    desk,
    desk_gifts,
    desk_kinds,
    desk_taking,
    expiring,
    exports,
    keeping,
    menus,
    notes,
    rest,
    site,
)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to coupons."""
    return menus.entries(area, actor)


@hookimpl
def unionhall_member_cards(person: Person) -> Iterable[Card]:
    """One's coupons that end first."""
    found = menus.card(person)
    return [found] if found else []


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Coupons run out, and members are reminded before."""
    return [Job("rewards.coupons", _l("消费券到期退钱和到期提醒"), timedelta(minutes=10), expiring.tend)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What members and approvers are told."""
    return notes.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """A member's coupons."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Coupons as a list."""
    return exports.SOURCES


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """One's own coupons."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_api_counts(actor: Actor) -> Iterable[tuple[str, int]]:
    """How many coupons one can use."""
    return rest.counts(actor)


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Kinds, gifts and extensions go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Kinds, coupons in each state, a gift and a request that wait."""
    demo.load(now)
