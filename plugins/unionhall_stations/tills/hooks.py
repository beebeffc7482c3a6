"""Wiring of the part tills."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Area, ExportSource, Job, NavItem, PersonalData, can, hookimpl
from unionhall_stations import rights
from unionhall_stations.tills import demo as invented
from unionhall_stations.tills import (
    desk_posters,
    desk_staff,
    desk_stores,
    exports,
    keeping,
    models,
    site,
    site_visits,
    stores,
    visits,
)

__all__ = ["desk_posters", "desk_staff", "desk_stores", "models", "site", "site_visits"]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """Stores in the desk."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("门店和收银台"), url_for("stations_desk.store_list"), "basket", 347, _("服务"))


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Agreements that are over; visits that are old enough to be nobody's."""
    return [
        Job("stations.agreements", _l("驿站门店协议到期"), timedelta(hours=1), stores.end_due),
        Job("stations.visits", _l("一年前的歇脚记录去掉姓名"), timedelta(days=1), visits.forget),
    ]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Stores."""
    return [exports.STORES]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Clerks and visits."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Stores of a merged org go to the one that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Stores, clerks, tills, visits."""
    invented.load(now)
