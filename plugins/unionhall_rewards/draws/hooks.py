"""Wiring of the part draws."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    Actor,
    Area,
    Card,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    Person,
    PersonalData,
    SitemapEntry,
    hookimpl,
)
from unionhall_rewards.draws import demo, drawing, exports, jobs, keeping, menus, models, queries, routes


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to draws."""
    return menus.entries(area, actor)


@hookimpl
def unionhall_member_cards(person: Person) -> Iterable[Card]:
    """One's chances."""
    found = menus.card(person)
    return [found] if found else []


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The draws that were published."""
    yield SitemapEntry(url_for("rewards.draws"))
    for row in queries.listed():
        yield SitemapEntry(url_for("rewards.draw", key=row.key), row.done_at or row.published_at)


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What time does to draws."""
    return [Job("rewards.draws", _l("抽奖的开始、截止、开奖和补机会"), timedelta(minutes=1), jobs.tend)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What a winner is told."""
    sample = {"draw": "会员日抽奖", "prize": "电饭煲"}
    return [NoticeKind("rewards.drawn", drawing.NOTICE_LABEL, drawing.NOTICE_TEXTS, sample=sample)]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """A person's chances."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Draws and winners."""
    return exports.SOURCES


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Draws go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """A draw that is over, one that runs, a draft."""
    demo.load(now)


__all__ = ["models", "routes"]
