"""Wiring of the part fund."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from wtforms import Form

from unionhall.plugin import Actor, Area, ExportSource, NavItem, NoticeKind, can, hookimpl
from unionhall_rewards import rights
from unionhall_rewards.fund import demo, desk, desk_budgets, exports, models, notes, queries, services
from unionhall_rewards.settings import RewardsSettings


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The funds, in the desk."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("奖券经费"), url_for("rewards_desk.funds"), "archive", 50, _("服务"), queries.waiting(actor), _("份拨款申请等批准"))


@hookimpl
def unionhall_settings_form() -> type[Form] | None:
    """The plugin's settings."""
    return RewardsSettings


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """Requests for money."""
    return notes.KINDS


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Movements."""
    return exports.SOURCES


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Funds go to the org that stays."""
    services.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """A fund with six months of grants."""
    demo.load(now)


__all__ = ["desk", "desk_budgets", "models"]
