"""Wiring of the part play."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    Actor,
    ApiResource,
    Area,
    Card,
    ComponentType,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    Person,
    PersonalData,
    SearchSource,
    SitemapEntry,
    hookimpl,
)
from unionhall_quiz.play import (  # noqa: F401 - the routes
    cards,
    chances,
    component,
    demo,
    desk,
    desk_days,
    exports,
    findable,
    jobs,
    keeping,
    menus,
    models,
    papers,
    reminding,
    rest,
    site,
    site_study,
)


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Papers ahead, late attempts, chances owed, counters, reminders."""
    return [
        Job("quiz.papers", _l("每日一答提前出题"), timedelta(hours=1), papers.make_ahead),
        Job("quiz.tidy", _l("每日一答收尾：没赶上交的、到期的、要核实的"), timedelta(minutes=10), jobs.tidy_up),
        Job("quiz.chances", _l("补发欠的抽奖机会"), timedelta(minutes=10), chances.grant_missing),
        Job("quiz.counters", _l("题目的答对率"), timedelta(minutes=30), jobs.count_questions),
        Job("quiz.reminders", _l("每日一答开始提醒"), timedelta(minutes=5), reminding.run),
    ]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to the quiz."""
    return menus.entries(area, actor)


@hookimpl
def unionhall_member_cards(person: Person, now: datetime) -> Iterable[Card]:
    """What is still to be answered today."""
    return cards.mine(person, now)


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """Papers that come out short, attempts to look at."""
    return cards.dashboard(actor, scope, now)


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """That a day opens."""
    return reminding.KINDS


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    """A round as a part of a campaign."""
    return [component.ROUND]


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Rounds that readers find."""
    return [findable.SOURCE]


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The list and every round."""
    return findable.sitemap()


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Attempts and reminders."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """How days went."""
    return [exports.DAYS]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Rounds, questions and answers for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Rounds go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """A daily round, a member day, one that is over, and attempts of the last days."""
    demo.load(now)
