"""What a till's views answer with: a receipt, a refusal, JSON for a script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from unionhall.plugin import TooMany, UnionHallError, fail, go, session
from unionhall_rewards.redeeming import labels, queries
from unionhall_rewards.redeeming.judging import Refused
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.redeeming.once import Done
from unionhall_stations.api import TillTurn, clerks_by_ids, current_turn, station_names


def answer_done(done: Done, turn: TillTurn) -> ResponseReturnValue:
    """Answer what was done: a receipt's page, or its JSON."""
    if wants_json():
        row = queries.by_receipt(done.receipt, turn.store_id)
        url = url_for("rewards.till_receipt", receipt=row.receipt)
        answer = jsonify(receipt=row.receipt, fen=row.fen, bill_fen=row.bill_fen, at=row.at.isoformat(), replayed=done.replayed, url=url)
        if done.replayed:
            answer.headers["Idempotent-Replayed"] = "true"
        return answer
    return go(url_for("rewards.till_receipt", receipt=done.receipt, new=1))


def names_of(rows: Iterable[Redemption]) -> dict[str, Any]:
    """Return what the templates of redemptions need: clerks, stations, which were taken back."""
    listed = list(rows)
    return {
        "clerks": clerks_by_ids(row.clerk_id for row in listed), "stations": station_names(row.station_id for row in listed),
        "taken_back": queries.reversed_ids(listed),
    }  # fmt: skip


def refusal(error: UnionHallError) -> ResponseReturnValue:
    """Answer what was refused; nothing of this request is kept."""
    fail()
    session().rollback()
    if wants_json():
        if not isinstance(error, Refused):
            raise error
        return error_json(error.code, str(error), told=error.told), error.status
    if error.status in (400, 404):
        raise error
    minutes = -(-error.retry_after // 60) if isinstance(error, TooMany) else 0
    wait = ngettext("%(num)d 分钟后再试", "%(num)d 分钟后再试", minutes) if minutes else ""
    page = render_template(
        "rewards/redeeming/refused.html", turn=turn_here(), title=labels.TITLES.get(error.code, ""), message=str(error), wait=wait,
        code=error.code,
    )  # fmt: skip
    return page, error.status


def error_json(code: str, message: str, **more: Any) -> Any:
    """Return an error as programs read it: a code, a sentence, facts."""
    return jsonify(error={"code": code, "message": str(message), **more})


def wants_json() -> bool:
    """Say whether a script asks."""
    return request.accept_mimetypes.best == "application/json"


def turn_here() -> TillTurn:
    """Return the turn of this request, behind `needs_turn`."""
    return current_turn() or abort(404)
