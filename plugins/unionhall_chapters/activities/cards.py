"""Activities on pages of others: a chapter's page, the member's own page, the media library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    Card,
    MediaPlace,
    PageView,
    applicant_of,
    clock,
    current_member,
    scoped,
    session,
    sign_ups_coming,
)
from unionhall_chapters import pages, queries, rights
from unionhall_chapters.activities import queries as activities
from unionhall_chapters.activities import shown
from unionhall_chapters.activities.making import OWNER
from unionhall_chapters.activities.models import Day

MINE = 5


def of_chapter(page: PageView) -> Iterable[Markup]:
    """Yield the next days on a chapter's page; nothing while there are none."""
    chapter = queries.by_ids([page.object_id or 0]).get(page.object_id or 0)
    if page.kind != pages.KIND or chapter is None:
        return
    if rows := shown.next_of(chapter, clock.now()):
        yield Markup(render_template("chapters/activities/slot.html", chapter=chapter, rows=rows))


def of_member(now: datetime) -> Iterable[Card]:
    """Yield the next days for which the member who is logged in has a place or waits."""
    member = current_member()
    entries = sign_ups_coming(applicant_of(member), OWNER, now, limit=MINE) if member else []
    if entries:
        days = activities.days_of_sheets([entry.sheet_id for entry in entries])
        rows = [(entry, days[entry.sheet_id]) for entry in entries if entry.sheet_id in days]
        yield Card(Markup(render_template("chapters/activities/card.html", rows=rows)), "main", 210)


def media_places(ids: Sequence[int], actor: Actor) -> Iterable[MediaPlace]:
    """Yield where pictures of days are shown, as far as the actor may know of them."""
    wanted = scoped(select(Day).where(Day.id.in_(list(ids))), Day, actor, rights.LEAD)
    for day in session().scalars(wanted):
        url = url_for("chapters_desk.activity", chapter_id=day.chapter_id, series_id=day.series_id)
        yield MediaPlace(day.id, f"{day.series.title} {day.day}", url, public=day.series.chapter.public)
