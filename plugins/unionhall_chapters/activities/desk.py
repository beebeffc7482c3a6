"""The desk's activities of a chapter: the list, one activity with its days, making, changing and ending it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Conflict,
    Pager,
    UnionHallError,
    can,
    clock,
    current_actor,
    export_url,
    go,
    needs,
    numbers_here,
    orgs_by_ids,
    page_number,
    session,
)
from unionhall_chapters import queries as chapters
from unionhall_chapters import rights
from unionhall_chapters.activities import labels, queries, services
from unionhall_chapters.activities.forms import ActivityForm, EndForm, ReasonForm
from unionhall_chapters.activities.models import Series
from unionhall_chapters.blueprints import desk
from unionhall_chapters.models import Chapter

SIZE = 30


def may_edit(chapter: Chapter) -> bool:
    """Say whether the actor may change activities of a chapter; leaders only look and check people in."""
    return can(current_actor(), rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])


@desk.get("/<int:chapter_id>/activities/")
@needs(rights.LEAD)
def activities(chapter_id: int) -> ResponseReturnValue:
    """List a chapter's activities with the next day of each."""
    found, now = chapters.managed(chapter_id, current_actor(), rights.LEAD), clock.now()
    rows = [(series, next(iter(queries.of_series(series.id, now, limit=1)), None)) for series in queries.of_chapter(found)]
    return render_template(
        "chapters/activities/desk_list.html", chapter=found, rows=rows, asked=queries.asked(found), may_edit=may_edit(found),
        rhythm=labels.rhythm, levels=labels.LEVELS,
    )  # fmt: skip


@desk.route("/<int:chapter_id>/activities/new", methods=["GET", "POST"])
@needs(rights.MANAGE)
def new_activity(chapter_id: int) -> ResponseReturnValue:
    """Make an activity, single or weekly."""
    found, actor, form, now = chapters.managed(chapter_id, current_actor(), rights.MANAGE), current_actor(), ActivityForm(), clock.now()
    form.offer(queries.others(found))
    if not form.is_submitted():
        form.waiting_on.data = form.walk_in.data = True
    if form.accepted():
        try:
            made = services.create(found, form.plan(), actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("活动建好了，%(n)s 周内的日子已经开放报名。", n=made.ahead_weeks), "ok")
            return go(url_for("chapters_desk.activity", chapter_id=chapter_id, series_id=made.id))
    page = render_template("chapters/activities/desk_edit.html", chapter=found, series=None, form=form)
    return page, 422 if form.problems else 200


@desk.get("/<int:chapter_id>/activities/<int:series_id>/")
@needs(rights.LEAD)
def activity(chapter_id: int, series_id: int) -> ResponseReturnValue:
    """Show one activity: the days to come, and those that are over with who came."""
    found, series = _judged(chapter_id, series_id, rights.LEAD)
    return _page(found, series, EndForm(formdata=None))


def _page(found: Chapter, series: Series, end: EndForm) -> str:
    now, page = clock.now(), page_number()
    total = queries.number_past(series.id, now)
    past = queries.of_series(series.id, now, past=True, limit=SIZE, offset=(page - 1) * SIZE)
    coming = queries.of_series(series.id, now)
    here = numbers_here([day.sheet_id for day in (*past, *coming)])
    return render_template(
        "chapters/activities/desk_activity.html", chapter=found, series=series, coming=coming, past=past, here=here, end=end, now=now,
        pager=Pager(page, total, SIZE), may_edit=may_edit(found), rhythm=labels.rhythm(series), cost=labels.cost(series),
        levels=labels.LEVELS, reaches=labels.REACHES, weekly=queries.number_weekly(series.id), reason=ReasonForm(formdata=None),
        reasons=labels.REASONS, export=export_url("chapters.attendance", {"activity": str(series.id)}),
    )  # fmt: skip


@desk.route("/<int:chapter_id>/activities/<int:series_id>/edit", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_activity(chapter_id: int, series_id: int) -> ResponseReturnValue:
    """Change an activity from a day on; who saves second is told."""
    found, series = _judged(chapter_id, series_id, rights.MANAGE)
    form, now, status = ActivityForm(), clock.now(), 200
    form.offer(queries.others(found))
    if not form.is_submitted():
        form.show(series)
    elif form.accepted():
        since = form.since.data or clock.local_day(now)
        try:
            sure, seen = bool(form.sure.data), form.number
            services.change(series, form.plan(), since=since, sure=sure, version=seen, actor=current_actor(), now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, series = _judged(chapter_id, series_id, rights.MANAGE)
            status = error.status
            if isinstance(error, Conflict):
                form.version.data = str(series.version)
        else:
            flash(_("改好了，从 %(day)s 起按新的办。", day=since.isoformat()), "ok")
            return go(url_for("chapters_desk.activity", chapter_id=chapter_id, series_id=series_id))
    page = render_template("chapters/activities/desk_edit.html", chapter=found, series=series, form=form)
    return page, status if status != 200 else (422 if form.problems else 200)


@desk.post("/<int:chapter_id>/activities/<int:series_id>/end")
@needs(rights.MANAGE)
def end_activity(chapter_id: int, series_id: int) -> ResponseReturnValue:
    """End an activity after a day."""
    found, series = _judged(chapter_id, series_id, rights.MANAGE)
    form = EndForm()
    if form.accepted():
        try:
            last = form.data["last"]
            services.end(series, last, sure=bool(form.sure.data), actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, series = _judged(chapter_id, series_id, rights.MANAGE)
        else:
            flash(_("停办了。%(day)s 以后不再安排。", day=last.isoformat()), "ok")
            return go(url_for("chapters_desk.activity", chapter_id=chapter_id, series_id=series_id))
    return _page(found, series, form), 422


@desk.post("/<int:chapter_id>/activities/<int:series_id>/partner")
@needs(rights.MANAGE)
def answer_partner(chapter_id: int, series_id: int) -> ResponseReturnValue:
    """Say yes or no to another chapter that wants to hold an activity together."""
    found, agree = chapters.managed(chapter_id, current_actor(), rights.MANAGE), request.form.get("act") == "agree"
    services.answer_partner(queries.asking(series_id, found), found, agree=agree, actor=current_actor(), now=clock.now())
    flash(_("同意合办了，活动已经出现在你们的日历上。") if agree else _("没有合办。"), "ok")
    return go(url_for("chapters_desk.activities", chapter_id=chapter_id))


def _judged(chapter_id: int, series_id: int, permission: str) -> tuple[Chapter, Series]:
    found = chapters.managed(chapter_id, current_actor(), permission)
    return found, queries.managed(series_id, found, current_actor(), permission)
