"""What volunteering puts on pages of others: a chapter's page, a member's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.plugin import Area, Card, NavItem, PageView, Person, clock, current_member, page_until, tag_page
from unionhall_chapters import pages
from unionhall_chapters import queries as chapters
from unionhall_chapters.volunteers import labels, queries, shown, tags

FEW = 4


def on_chapter(page: PageView) -> Iterator[Markup]:
    """Yield the teams and next shifts of a chapter's page."""
    if page.kind != pages.KIND or page.object_id is None:
        return
    tag_page(tags.of(page.object_id))
    chapter, teams, now = chapters.by_ids([page.object_id])[page.object_id], queries.teams(page.object_id), clock.now()
    if not teams:
        return
    shifts = queries.coming(now, chapter_id=chapter.id, limit=FEW)
    if shifts:
        page_until(min(shift.ends_at for shift in shifts))
    sizes = queries.sizes([team.id for team in teams])
    yield Markup(
        render_template("chapters/volunteers/slot.html", chapter=chapter, teams=teams, shifts=shifts, sizes=sizes, purposes=labels.PURPOSES)
    )  # fmt: skip


def entries(area: Area) -> Iterator[NavItem]:
    """Yield the way to a volunteer's own page, for who is in a team."""
    if area == "my" and (member := current_member()) and queries.my_teams(member.id):
        yield NavItem(_("志愿服务"), url_for("chapters.my_volunteer"), "people", 340)


def card(person: Person, now: datetime) -> Iterator[Card]:
    """Yield a volunteer's card: the next two shifts, this year's hours; nothing for everybody else."""
    if person.member_id is None or not queries.my_teams(person.member_id):
        return
    minutes, times, _last = queries.total(person.member_id, queries.this_year(now))
    shifts = shown.my_shifts(person.member_id, now)[:2]
    yield Card(
        Markup(
            render_template("chapters/volunteers/card.html", shifts=shifts, hours=labels.hours(minutes), times=times)
        ),
        "main",
        260,
    )
