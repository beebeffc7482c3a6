"""The desk's notices: the list, one with its objections, answers, withdrawal."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db, workdays
from unionhall.base.errors import UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.platform.access import current_actor, needs
from unionhall.publicity import labels, queries, services
from unionhall.publicity.forms import AnswerForm, ReasonForm
from unionhall.publicity.kinds import kinds
from unionhall.publicity.models import Outcome, PublicNotice, State
from unionhall.publicity.queries import HANDLE

bp = Blueprint("publicity_desk", __name__, url_prefix="/publicity")


@bp.get("/")
@needs(HANDLE)
def notices() -> ResponseReturnValue:
    """List the notices in the scope; those that wait for an answer come first."""
    actor, page, state = current_actor(), page_number(), request.args.get("state", "")
    state = state if state in set(State) else ""
    rows = queries.listed(actor, scope.current(actor), state=state, page=page)
    pager = Pager(page, (page - 1) * queries.SIZE + len(rows), queries.SIZE)
    return render_template(
        "publicity/desk_list.html", rows=rows[: queries.SIZE], pager=pager, state=state, words=labels.SHORT, tones=labels.TONES,
        kinds=kinds(), missing=workdays.missing(clock.local_day(clock.now())),
    )  # fmt: skip


@bp.get("/<int:notice_id>/")
@needs(HANDLE)
def notice(notice_id: int) -> ResponseReturnValue:
    """Show a notice with what people object to it."""
    return _page(queries.managed(notice_id, current_actor()))


def _page(
    found: PublicNotice, *, answer: AnswerForm | None = None, at: int = 0, reason: ReasonForm | None = None,
    contacts: dict[int, str] | None = None,
) -> str:
    never_cache()
    kind = kinds().get(found.kind)
    return render_template(
        "publicity/desk_notice.html", notice=found, kind=kind, answer=answer or AnswerForm(formdata=None), at=at, contacts=contacts or {},
        reason=reason or ReasonForm(formdata=None), words=labels.SHORT, tones=labels.TONES, outcomes=labels.OUTCOMES,
        outcome_tones=labels.OUTCOME_TONES,
    )  # fmt: skip


@bp.post("/<int:notice_id>/objections/<int:objection_id>/answer")
@needs(HANDLE)
def answer(notice_id: int, objection_id: int) -> ResponseReturnValue:
    """Answer an objection."""
    actor, form = current_actor(), AnswerForm()
    row = queries.objection(queries.managed(notice_id, actor), objection_id)
    status = 422
    if form.accepted():
        try:
            services.answer(row, Outcome(form.outcome.data), form.answer.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            db.session().rollback()
            status = error.status
        else:
            flash(_("答复已经公开。"), "ok")
            return go(url_for("publicity_desk.notice", notice_id=notice_id))
    return _page(queries.managed(notice_id, actor), answer=form, at=objection_id), status


@bp.post("/<int:notice_id>/objections/<int:objection_id>/contact")
@needs(HANDLE)
def contact(notice_id: int, objection_id: int) -> ResponseReturnValue:
    """Show how to reach who objected; that somebody looked is kept."""
    actor = current_actor()
    found = queries.managed(notice_id, actor)
    row = queries.objection(found, objection_id)
    return _page(found, contacts={row.id: services.contact_of(row, actor=actor, now=clock.now())})


@bp.post("/<int:notice_id>/withdraw")
@needs(HANDLE)
def withdraw(notice_id: int) -> ResponseReturnValue:
    """Take a notice back."""
    actor, form = current_actor(), ReasonForm()
    found, status = queries.managed(notice_id, actor), 422
    if form.accepted():
        try:
            services.withdraw(found, form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            db.session().rollback()
            found, status = queries.managed(notice_id, actor), error.status
        else:
            flash(_("公示撤回了，理由写在公示页上。"), "ok")
            return go(url_for("publicity_desk.notice", notice_id=notice_id))
    return _page(found, reason=form), status
