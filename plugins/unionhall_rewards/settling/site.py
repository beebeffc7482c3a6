"""The till's pages of statements: the store's manager reads, confirms, or says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.plugin import Pager, PageView, UnionHallError, can_make_pdf, clock, go, page_number, session
from unionhall_rewards.blueprints import site
from unionhall_rewards.settling import cutting, labels, queries, services
from unionhall_rewards.settling.desk import paper_of
from unionhall_rewards.settling.forms import DisputeForm
from unionhall_rewards.settling.models import Statement
from unionhall_stations.api import TillTurn, current_turn, needs_turn


def _manager() -> TillTurn:
    """Return the turn of a store's manager; another clerk gets 403."""
    turn = current_turn()
    if turn is None or not turn.manager:
        abort(403)
    return turn


@site.get("/till/statements/")
@needs_turn
def till_statements() -> ResponseReturnValue:
    """List what the store has been sent, those that wait for its answer marked."""
    turn = _manager()
    return render_template("rewards/settling/till_list.html", turn=turn, rows=queries.of_store(turn.store_id), states=labels.STATES)


@site.get("/till/statements/<int:statement_id>/")
@needs_turn
def till_statement(statement_id: int) -> ResponseReturnValue:
    """Show a statement of the store."""
    turn = _manager()
    return _page(queries.store_statement(statement_id, turn.store_id), turn)


def _page(found: Statement, turn: TillTurn, form: DisputeForm | None = None, status: int = 200) -> ResponseReturnValue:
    number = page_number()
    lines, total = queries.lines(found.id, page=number)
    disputes = queries.disputes(found.id)
    page = render_template(
        "rewards/settling/till_statement.html", turn=turn, statement=found, lines=lines, total=total,
        pager=Pager(number, total, queries.SIZE), kinds=cutting.by_kind(found.id), disputes=disputes,
        disputed={row.line_id: row.outcome for row in disputes if row.line_id}, outcomes=labels.OUTCOMES,
        form=form or DisputeForm(formdata=None), pdf=can_make_pdf(), answerable=found.state in ("sent", "disputed"),
        lined={row.line_id: queries.line(found.id, row.line_id) for row in disputes if row.line_id},
    )  # fmt: skip
    return page, status


@site.post("/till/statements/<int:statement_id>/confirm")
@needs_turn
def till_confirm(statement_id: int) -> ResponseReturnValue:
    """Agree, on behalf of the store."""
    turn = _manager()
    act = lambda found: services.confirm(found, actor=services.till_actor(), now=clock.now(), clerk_id=turn.clerk_id)  # noqa: E731
    return _acted(statement_id, turn, act, _("确认好了，工会会安排付款。"))


@site.post("/till/statements/<int:statement_id>/dispute")
@needs_turn
def till_dispute(statement_id: int) -> ResponseReturnValue:
    """Say what is wrong with a line, or what is missing."""
    turn, form = _manager(), DisputeForm()
    if not form.accepted():
        return _page(queries.store_statement(statement_id, turn.store_id), turn, form, 422)

    def act(found: Statement) -> None:
        services.dispute(found, form.line_id(), form.words.data or "", actor=services.till_actor(), now=clock.now(), clerk_id=turn.clerk_id)

    return _acted(statement_id, turn, act, _("收到了，工会答复以后会在这里显示。"), form)


def _acted(
    statement_id: int, turn: TillTurn, act: Callable[[Statement], Any], told: str, form: DisputeForm | None = None
) -> ResponseReturnValue:
    shown = form or DisputeForm(formdata=None)
    try:
        act(queries.store_statement(statement_id, turn.store_id))
    except UnionHallError as error:
        shown.refuse(error)
        session().rollback()
        return _page(queries.store_statement(statement_id, turn.store_id), turn, shown, error.status)
    flash(told, "ok")
    return go(url_for("rewards.till_statement", statement_id=statement_id))


@site.get("/till/statements/<int:statement_id>/statement.pdf")
@needs_turn
def till_pdf(statement_id: int) -> ResponseReturnValue:
    """Return the store's statement as PDF."""
    return paper_of(queries.store_statement(statement_id, _manager().store_id))


def on_till(_page: PageView) -> Markup | None:
    """Return the link that a till shows to the store's manager; nothing for other clerks."""
    turn = current_turn()
    if turn is None or not turn.manager:
        return None
    return Markup(render_template("rewards/settling/on_till.html", waiting=queries.waiting_of_store(turn.store_id)))
