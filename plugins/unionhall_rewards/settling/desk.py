"""The desk's statements: months, one statement with its lines, sending, the store's answer, closing, on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    Pager,
    UnionHallError,
    account_names,
    can,
    can_make_pdf,
    clock,
    current_actor,
    desk_scope,
    export_url,
    fail,
    go,
    needs,
    never_cache,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.settling import cutting, labels, paper, queries, services
from unionhall_rewards.settling.forms import AdjustForm, DisputeForm, HeardForm
from unionhall_rewards.settling.models import State, Statement
from unionhall_stations.api import stations_by_ids

ALL = 10_000
desk.add_app_template_global(lambda state: labels.STATES[State(state)], "rewards_statement_state")


@desk.get("/settlements/")
@needs(rights.READ)
def settlements() -> ResponseReturnValue:
    """List the months with what their statements come to, and the statements of one month or by a filter."""
    never_cache()
    actor, page, chosen = current_actor(), page_number(), queries.Filter.of(request.args)
    below = desk_scope(actor)
    rows, total = queries.statements(actor, below, chosen, page=page)
    return render_template(
        "rewards/settling/desk_months.html", months=queries.months(actor, below), rows=rows, total=total, filter=chosen,
        pager=Pager(page, total, queries.SIZE), states=labels.STATES, may_settle=can(actor, rights.SETTLE), proof=queries.last_proof(),
        export=export_url("rewards.statements", chosen.values()),
    )  # fmt: skip


@desk.post("/settlements/<month>/<any(send, close):act>")
@needs(rights.SETTLE)
def settlements_act(month: str, act: str) -> ResponseReturnValue:
    """Send all statements of a month to their stores, or close those that are paid."""
    actor, now = current_actor(), clock.now()
    rows, _total = queries.statements(actor, desk_scope(actor), queries.Filter(month=month), size=ALL)
    mine = [row for row in rows if can(actor, rights.SETTLE, row.org)]
    if act == "send":
        number = services.send_all(mine, actor=actor, now=now)
        flash(_("发出了 %(n)s 张，门店在收银台能看到了。", n=number) if number else _("没有要发的结算单。"), "ok" if number else "info")
    else:
        number = services.close_paid(mine, actor=actor, now=now)
        told = _("关账 %(n)s 张，以后不会再变。", n=number) if number else _("没有可以关账的结算单：付过款的才能关。")
        flash(told, "ok" if number else "info")
    return go(url_for("rewards_desk.settlements", month=month))


def shown(found: Statement, page: int) -> dict[str, Any]:
    """Return what a statement's page shows, in the desk."""
    actor = current_actor()
    lines, total = queries.lines(found.id, page=page)
    disputes = queries.disputes(found.id)
    adjustments = queries.adjustments_of(found.id)
    people = {found.sent_by, found.answered_by, *(row.recorded_by for row in disputes), *(row.answered_by for row in disputes)}
    return {
        "statement": found, "lines": lines, "total": total, "pager": Pager(page, total, queries.SIZE), "kinds": cutting.by_kind(found.id),
        "stations": stations_by_ids({row.station_id for row in lines if row.station_id}), "genuine": cutting.is_genuine(found),
        "disputes": disputes, "disputed": {row.line_id: row.outcome for row in disputes if row.line_id}, "adjustments": adjustments,
        "carried": queries.settled_in([row.id for row in adjustments]), "names": account_names({who for who in people if who}),
        "outcomes": labels.OUTCOMES, "decisions": labels.DECISIONS, "may_settle": can(actor, rights.SETTLE, found.org),
        "pdf": can_make_pdf(),
        "lined": {row.line_id: queries.line(found.id, row.line_id) for row in disputes if row.line_id},
        "export": export_url("rewards.lines", {"statement": str(found.id)}), "State": State,
    }  # fmt: skip


def page_of(found: Statement, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Show a statement with its forms; those that were filled in stay as they are."""
    fresh = {
        "heard": HeardForm(formdata=None, prefix="heard"), "doubt": DisputeForm(formdata=None, prefix="doubt"),
        "adjust": AdjustForm(formdata=None, prefix="adjust"),
    }  # fmt: skip
    return render_template("rewards/settling/desk_statement.html", **shown(found, page_number()), **(fresh | forms)), status


@desk.get("/statements/<int:statement_id>/")
@needs(rights.READ)
def statement(statement_id: int) -> ResponseReturnValue:
    """Show a statement."""
    never_cache()
    return page_of(queries.statement(statement_id, current_actor()))


def acted(statement_id: int, act: Callable[[Statement], Any], told: str, name: str = "", form: Any = None) -> ResponseReturnValue:
    """Do something with a statement; a refusal is shown on its page, beside the form that it is of."""
    never_cache()
    actor = current_actor()
    found = queries.statement(statement_id, actor, rights.SETTLE)
    if form is not None and not form.accepted():
        return page_of(found, 422, **{name: form})
    try:
        act(found)
    except UnionHallError as error:
        if form is None:
            fail()
            session().rollback()
            flash(str(error), "bad")
            return page_of(queries.statement(statement_id, actor, rights.SETTLE), error.status)
        form.refuse(error)
        session().rollback()
        return page_of(queries.statement(statement_id, actor, rights.SETTLE), error.status, **{name: form})
    flash(told, "ok")
    return go(url_for("rewards_desk.statement", statement_id=statement_id))


@desk.post("/statements/<int:statement_id>/send")
@needs(rights.SETTLE)
def statement_send(statement_id: int) -> ResponseReturnValue:
    """Send it to the store."""
    told = _("发出了，门店在收银台能看到了。")
    return acted(statement_id, lambda found: services.send(found, actor=current_actor(), now=clock.now()), told)


@desk.post("/statements/<int:statement_id>/confirm")
@needs(rights.SETTLE)
def statement_confirm(statement_id: int) -> ResponseReturnValue:
    """Record that the store agrees."""
    form = HeardForm(prefix="heard")
    told = _("记下了：门店确认。可以付款了。")

    def confirm(found: Statement) -> None:
        services.confirm(found, actor=current_actor(), now=clock.now(), words=form.words.data or "")

    return acted(statement_id, confirm, told, "heard", form)


@desk.post("/statements/<int:statement_id>/dispute")
@needs(rights.SETTLE)
def statement_dispute(statement_id: int) -> ResponseReturnValue:
    """Record what the store says is wrong."""
    form = DisputeForm(prefix="doubt")
    told = _("记下了，请在下面答复。")

    def dispute(found: Statement) -> None:
        services.dispute(found, form.line_id(), form.words.data or "", actor=current_actor(), now=clock.now())

    return acted(statement_id, dispute, told, "doubt", form)


@desk.post("/statements/<int:statement_id>/close")
@needs(rights.SETTLE)
def statement_close(statement_id: int) -> ResponseReturnValue:
    """Close it, once it is paid."""

    def close(found: Statement) -> None:
        if not services.close_paid([found], actor=current_actor(), now=clock.now()):
            services.move(found, [State.PAID], State.CLOSED)  # says why not

    return acted(statement_id, close, _("关账了，这张结算单以后不会再变。"))


@desk.get("/statements/<int:statement_id>/statement.pdf")
@needs(rights.READ)
def statement_pdf(statement_id: int) -> ResponseReturnValue:
    """Return the statement as PDF. Not found where this server makes none."""
    found = queries.statement(statement_id, current_actor())
    return paper_of(found)


def paper_of(found: Statement) -> Response:
    """Return a statement on paper."""
    if not can_make_pdf():
        raise NotFound()
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.pdf"', "Cache-Control": "no-store"}
    return Response(paper.pdf(found, clock.now()), mimetype="application/pdf", headers=headers)
