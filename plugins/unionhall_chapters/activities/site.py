"""Pages of activities: a chapter's calendar and its feed, one activity, coming every week."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    PageView,
    RuleBroken,
    clock,
    current_actor,
    current_member,
    fail,
    go,
    media_assets,
    never_cache,
    session,
    shared,
    tag_page,
)
from unionhall_chapters import queries as chapters
from unionhall_chapters.activities import calendars, labels, making, pages, queries, shown, weekly
from unionhall_chapters.activities.models import Series
from unionhall_chapters.blueprints import site
from unionhall_chapters.models import Chapter

BEHIND, AHEAD = timedelta(days=31), timedelta(days=200)
PAST, PICTURES = 12, 12


@site.get("/<slug>/calendar/")
@shared("month")
def calendar(slug: str) -> ResponseReturnValue:
    """Show a month of a chapter: a list by day, on wide screens a sheet of the month."""
    found, now = chapters.by_slug(slug), clock.now()
    month = shown.month(found, request.args.get("month", ""), now)
    return render_template(
        "chapters/activities/calendar.html", chapter=found, month=month, this_day=clock.local_day(now), weekdays=labels.WEEKDAYS,
        page_view=PageView("chapters.calendar", found.id, found.org_id),
    )  # fmt: skip


@site.get("/<slug>/calendar.ics")
@shared()
def calendar_feed(slug: str) -> ResponseReturnValue:
    """Return a chapter's days as a calendar to subscribe to."""
    found, now = chapters.by_slug(slug), clock.now()
    tag_page(pages.calendar_tag(found.id))
    return calendars.calendar(found, queries.between([found.id], now - BEHIND, now + AHEAD))


@site.get("/<slug>/activities/<int:series_id>/")
@shared()
def activity(slug: str, series_id: int) -> ResponseReturnValue:
    """Show one activity: what it is, the days to come, pictures of those that were held."""
    found, series = _found(slug, series_id)
    tag_page(pages.tag(series.id))
    now = clock.now()
    coming = shown.rows(queries.of_series(series.id, now), now)
    past = queries.of_series(series.id, now, past=True, limit=PAST)
    wanted = shown.pictures_of(past)[:PICTURES]
    tag_page(*(f"chapters:occurrence:{day.id}" for day in past if day.pictures))
    assets = media_assets(wanted)
    return render_template(
        "chapters/activities/activity.html", chapter=found, series=series, coming=coming, reports=[day for day in past if day.report][:3],
        pictures=[assets[item] for item in wanted if item in assets], rhythm=labels.rhythm(series), cost=labels.cost(series),
        levels=labels.LEVELS, reaches=labels.REACHES, weekdays=labels.WEEKDAYS, page_view=PageView(pages.KIND, series.id, series.org_id),
    )  # fmt: skip


@site.route("/<slug>/activities/<int:series_id>/weekly", methods=["GET", "POST"])
def every_week(slug: str, series_id: int) -> ResponseReturnValue:
    """Show whether the member comes every week, and take their word for it."""
    never_cache()
    found, series = _found(slug, series_id)
    if not current_actor().known:
        abort(401)
    member, problem, status = current_member(), "", 200
    if request.method == "POST" and member:
        try:
            return _kept(series, member.id)
        except RuleBroken as error:
            problem, status = str(error), error.status
            fail()
            session().rollback()
            found, series = _found(slug, series_id)
    standing = weekly.of_member(series.id, member.id) if member else None
    return render_template(
        "chapters/activities/weekly.html", chapter=found, series=series, member=member, live=standing, problem=problem,
        agreement=making.agreement(series), rhythm=labels.rhythm(series),
    ), status  # fmt: skip


def _kept(series: Series, member_id: int) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    if request.form.get("act") == "stop":
        weekly.stop(series, member_id, actor=actor, now=now)
        flash(_("以后不再每周替你报名。已经报上的日子还在，来不了请逐个取消。"), "ok")
    else:
        _standing, days = weekly.start(series, member_id, agreed=request.form.get("agreed") == "y", actor=actor, now=now)
        flash(_("记下了：每周都来。已经替你报上 %(n)s 天，以后开放一天报一天，直到报满。", n=days), "ok")
    return go(url_for("chapters.every_week", slug=series.chapter.slug, series_id=series.id))


def _found(slug: str, series_id: int) -> tuple[Chapter, Series]:
    found = chapters.by_slug(slug)
    return found, queries.public(series_id, found)
