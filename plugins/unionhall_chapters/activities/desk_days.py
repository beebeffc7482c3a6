"""The desk's pages of one day: called off with a tap, moved, told about."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.plugin import UnionHallError, clock, current_actor, go, needs, session
from unionhall_chapters import queries as chapters
from unionhall_chapters import rights
from unionhall_chapters.activities import days, labels, queries
from unionhall_chapters.activities.forms import MoveForm, ReasonForm, ReportForm
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.blueprints import desk
from unionhall_chapters.models import Chapter


@desk.route("/<int:chapter_id>/activities/<int:series_id>/days/<int:day_id>/cancel", methods=["GET", "POST"])
@needs(rights.MANAGE)
def cancel_day(chapter_id: int, series_id: int, day_id: int) -> ResponseReturnValue:
    """Call one day off: a tap on a reason, or words of one's own."""
    found, series, day = _judged(chapter_id, series_id, day_id)
    form, status = ReasonForm(), 200
    if form.is_submitted() and (quick := request.form.get("quick", "")) in {str(reason) for reason in labels.REASONS}:
        form.reason.data, form.reason.raw_data = quick, [quick]
    if form.accepted():
        people = day.sheet.taken
        try:
            days.cancel(day, form.reason.data or "", actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            (found, series, day), status = _judged(chapter_id, series_id, day_id), error.status
        else:
            flash(ngettext("这一天取消了，已通知 %(num)d 份报名。", "这一天取消了，已通知 %(num)d 份报名。", people), "ok")
            return go(url_for("chapters_desk.activity", chapter_id=chapter_id, series_id=series_id))
    page = render_template("chapters/activities/desk_cancel.html", chapter=found, series=series, day=day, form=form, reasons=labels.REASONS)
    return page, status if status != 200 else (422 if form.problems else 200)


@desk.route("/<int:chapter_id>/activities/<int:series_id>/days/<int:day_id>/move", methods=["GET", "POST"])
@needs(rights.MANAGE)
def move_day(chapter_id: int, series_id: int, day_id: int) -> ResponseReturnValue:
    """Move one day to another time or place."""
    found, series, day = _judged(chapter_id, series_id, day_id)
    form, status = MoveForm(), 200
    if not form.is_submitted():
        form.show(day)
    elif form.accepted():
        try:
            given = form.data
            days.move(day, given["starts_at"], given["minutes"], given["venue"], actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            (found, series, day), status = _judged(chapter_id, series_id, day_id), error.status
        else:
            flash(_("改好了，报名的人已收到通知。"), "ok")
            return go(url_for("chapters_desk.activity", chapter_id=chapter_id, series_id=series_id))
    page = render_template("chapters/activities/desk_move.html", chapter=found, series=series, day=day, form=form)
    return page, status if status != 200 else (422 if form.problems else 200)


@desk.route("/<int:chapter_id>/activities/<int:series_id>/days/<int:day_id>/report", methods=["GET", "POST"])
@needs(rights.MANAGE)
def report_day(chapter_id: int, series_id: int, day_id: int) -> ResponseReturnValue:
    """Keep words and pictures of a day that was held."""
    found, series, day = _judged(chapter_id, series_id, day_id)
    form, status = ReportForm(obj=day), 200
    form.org_id = series.org_id
    if form.accepted():
        try:
            days.tell_of(day, form.report.data or "", form.pictures.data, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            (found, series, day), status = _judged(chapter_id, series_id, day_id), error.status
        else:
            flash(_("小结和照片保存好了，活动页上能看到。"), "ok")
            return go(url_for("chapters_desk.activity", chapter_id=chapter_id, series_id=series_id))
    page = render_template("chapters/activities/desk_report.html", chapter=found, series=series, day=day, form=form)
    return page, status if status != 200 else (422 if form.problems else 200)


def _judged(chapter_id: int, series_id: int, day_id: int) -> tuple[Chapter, Series, Day]:
    found = chapters.managed(chapter_id, current_actor(), rights.MANAGE)
    series = queries.managed(series_id, found, current_actor(), rights.MANAGE)
    return found, series, queries.managed_day(day_id, series)
