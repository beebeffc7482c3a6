"""Hook implementations of this part: wiring only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    Area,
    Job,
    MediaUser,
    NavItem,
    NoticeKind,
    PageView,
    PersonalData,
    ReportFigure,
    can,
    fills,
    hookimpl,
)
from unionhall_chapters import rights
from unionhall_chapters.exercise import (  # noqa: F401 - the routes
    demo,
    desk,
    keeping,
    places,
    reminding,
    services,
    site,
)


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """The reminder of the break."""
    return [Job("chapters.exercise", _l("工间操提醒"), timedelta(minutes=2), reminding.run)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """The break, and what became of a wish for a coach."""
    return reminding.KINDS


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's page, and one's own."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("工间操"), url_for("chapters_desk.exercise"), "heart", 345, _("活动与会员"))
    if area == "my":
        yield NavItem(_("工间操"), url_for("chapters.my_exercise"), "heart", 340)


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Pictures of courses."""
    return [MediaUser(services.MEDIA, _l("工间操课程"), places.media_places, "chapters:course:")]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Reminders, teams, wishes."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Teams, and those that practised."""
    return keeping.REPORT


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Teams, courses and wishes go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
@fills("chapters_list_end")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """The way to the exercise below the list of chapters."""
    if slot == "chapters_list_end":
        yield Markup(render_template("chapters/exercise/slot.html"))


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """A course, teams, and a week of their checks."""
    demo.load(now)
