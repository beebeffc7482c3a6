"""Wiring of the bank of questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import Actor, Area, Card, ExportSource, MediaUser, NavItem, can, clock, hookimpl
from unionhall_quiz import rights
from unionhall_quiz.bank import demo, desk, desk_topics, exports, keeping, models, queries, services  # noqa: F401 - routes and tables


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to the bank, with what waits for one's review."""
    if area == "desk" and can(actor, rights.READ):
        waiting = queries.number_to_review(actor) if can(actor, rights.REVIEW) else 0
        yield NavItem(_("题库"), url_for("quiz_desk.questions"), "quiz", 61, _("服务"), waiting, _("道题等审"))


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """Questions that expire."""
    if can(actor, rights.READ, scope):
        soon, over = queries.expiring(actor, scope, clock.local_day(now))
        if soon or over:
            yield Card(Markup(render_template("quiz/bank/card_expiring.html", soon=soon, over=over)), "side", 320)


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The bank."""
    return [exports.SOURCE]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Pictures of questions."""
    return [MediaUser(services.KIND, _l("题目"), keeping.places, "quiz:question:")]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Topics and questions go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Topics, and questions in every state."""
    demo.load(now)
