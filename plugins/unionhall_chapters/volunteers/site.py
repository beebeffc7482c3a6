"""Teams and shifts as everybody sees them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from unionhall.plugin import PageView, clock, page_until, shared, sheet_panel, tag_page
from unionhall_chapters import pages
from unionhall_chapters import queries as chapters
from unionhall_chapters.blueprints import site
from unionhall_chapters.volunteers import labels, queries, tags

SHOWN = 12


@site.get("/<slug>/volunteers/")
@shared()
def volunteers(slug: str) -> ResponseReturnValue:
    """Show a chapter's teams, the next shifts, and what was done this year."""
    chapter, now = chapters.by_slug(slug), clock.now()
    _tagged(chapter.id)
    teams, shifts = queries.teams(chapter.id), queries.coming(now, chapter_id=chapter.id, limit=SHOWN)
    if shifts:
        page_until(min(shift.ends_at for shift in shifts))
    return render_template(
        "chapters/volunteers/teams.html", chapter=chapter, teams=teams, shifts=shifts, purposes=labels.PURPOSES,
        sizes=queries.sizes([team.id for team in teams]), totals=queries.team_totals(chapter.id, queries.this_year(now)),
        hours=labels.hours,
    )  # fmt: skip


@site.get("/<slug>/volunteers/<team_slug>/")
@shared()
def volunteer_team(slug: str, team_slug: str) -> ResponseReturnValue:
    """Show one team with its next shifts and how many places they have."""
    chapter, now = chapters.by_slug(slug), clock.now()
    team = queries.team_by_slug(chapter, team_slug)
    _tagged(chapter.id)
    shifts = queries.coming(now, team_ids=[team.id], limit=SHOWN)
    if shifts:
        page_until(min(shift.ends_at for shift in shifts))
    panels = [(shift, "" if shift.cancelled_at else sheet_panel(queries.sheet(shift), now)) for shift in shifts]
    return render_template(
        "chapters/volunteers/team.html", chapter=chapter, team=team, panels=panels, purposes=labels.PURPOSES, hours=labels.hours,
        size=queries.sizes([team.id]).get(team.id, 0), totals=queries.team_totals(chapter.id, queries.this_year(now)).get(team.id),
        page_view=PageView(tags.KIND, team.id, team.org_id),
    )  # fmt: skip


def _tagged(chapter_id: int) -> None:
    tag_page(tags.of(chapter_id))
    tag_page(pages.tag(chapter_id))
