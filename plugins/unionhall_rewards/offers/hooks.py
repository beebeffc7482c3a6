"""Wiring of merchants and offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    Actor,
    Area,
    ExportSource,
    MediaUser,
    NavItem,
    PersonalData,
    SitemapEntry,
    can,
    clock,
    hookimpl,
)
from unionhall_rewards import rights
from unionhall_rewards.offers import demo, desk, exports, keeping, models, queries, services, site  # noqa: F401 - routes and tables


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """Offers below every page, in the desk, and a merchant's own page."""
    if area == "footer":
        yield NavItem(_("商户优惠"), url_for("rewards.offers"), "ticket", 75, _("服务"))
    if area == "desk" and can(actor, rights.READ):
        waiting = queries.waiting(actor) if can(actor, rights.OFFERS) else 0
        yield NavItem(_("商户优惠"), url_for("rewards_desk.offers"), "basket", 58, _("服务"), waiting, _("项优惠等同意"))
    if area == "my" and actor.account_id and queries.merchants_of(actor.account_id):
        yield NavItem(_("我的商户"), url_for("rewards.merchant_home"), "basket", 330)


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The list and what is offered now."""
    yield SitemapEntry(url_for("rewards.offers"))
    for row in queries.shown(clock.local_day(clock.now())):
        yield SitemapEntry(url_for("rewards.offer", offer_id=row.id), row.updated_at)


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Offers and their use."""
    return [exports.SOURCE]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What one used."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Pictures of offers."""
    return [MediaUser(services.KIND, _l("商户优惠"), keeping.places, f"{services.PAGES}:")]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Merchants and offers go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Merchants, and offers in every state."""
    demo.load(now)
