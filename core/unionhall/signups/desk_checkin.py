"""Checking in: by code, by name, from a printed list, and from a page that works while there is no network."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.platform.access import current_actor, needs
from unionhall.signups import checkin, lists, queries
from unionhall.signups.checkin import Seen
from unionhall.signups.desk import frame
from unionhall.signups.desk_blueprint import bp
from unionhall.signups.forms import CodeForm
from unionhall.signups.lists import Filter
from unionhall.signups.models import Sheet, State
from unionhall.signups.queries import CHECK_IN

MOST_PRINTED = 5000
FOUND = 20


@bp.route("/<int:sheet_id>/check-in", methods=["GET", "POST"])
@needs(CHECK_IN)
def check_in(sheet_id: int) -> ResponseReturnValue:
    """Check somebody in by their code or their member code, or by their name on the list; out by their name."""
    never_cache()
    actor, form, seen, status = current_actor(), CodeForm(), None, 200
    found = queries.managed(sheet_id, actor, CHECK_IN)
    leaves = request.form.get("out", "")
    by_name = leaves or request.form.get("entry", "")
    if request.method == "POST" and (by_name or form.accepted()):
        try:
            now, code = clock.now(), form.code.data or ""
            item = checkin.of_sheet(found, _number(by_name)) if by_name else checkin.by_any_code(found, code, now)
            seen = (checkin.check_out if leaves else checkin.check_in)(item, actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            db.session().rollback()
            found, status = queries.managed(sheet_id, actor, CHECK_IN), error.status
    elif request.method == "POST":
        status = 422
    return _page(found, form, seen, out=bool(leaves)), status


def _page(found: Sheet, form: CodeForm, seen: Seen | None, *, out: bool) -> str:
    words = request.args.get("q", "").strip()[:60]
    rows = lists.people(found, Filter(State.ACCEPTED, 0, words), limit=FOUND) if words else []
    counts = lists.counts(found)
    return render_template(
        "signups/desk_check_in.html", sheet=found, form=form, seen=seen, out=out, words=words, rows=rows, here=counts.here,
        expected=counts.states.get(State.ACCEPTED, 0), shown=[item for item in found.fields if item.on_list], frame=frame(found),
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@bp.post("/<int:sheet_id>/check-in/<int:entry_id>/undo")
@needs(CHECK_IN)
def undo_check_in(sheet_id: int, entry_id: int) -> ResponseReturnValue:
    """Take a check-in back."""
    actor = current_actor()
    found = queries.managed(sheet_id, actor, CHECK_IN)
    item = checkin.of_sheet(found, entry_id)
    checkin.undo(item, actor=actor, now=clock.now())
    flash(_("“%(name)s”的签到撤销了。", name=item.name), "ok")
    return go(url_for("signups_desk.check_in", sheet_id=sheet_id))


@bp.get("/<int:sheet_id>/check-in/print")
@needs(CHECK_IN)
def print_list(sheet_id: int) -> ResponseReturnValue:
    """Return a sign-in sheet to print: names, unions, what the form says belongs on it, a box to sign in."""
    never_cache()
    found = queries.managed(sheet_id, current_actor(), CHECK_IN)
    rows = sorted(lists.people(found, Filter(State.ACCEPTED), limit=MOST_PRINTED), key=lambda item: item.number)
    return render_template("signups/desk_print.html", sheet=found, rows=[(item, checkin.on_list(item, found)) for item in rows],
                           columns=[item for item in found.fields if item.on_list], now=clock.now(), frame=frame(found))  # fmt: skip


@bp.get("/<int:sheet_id>/check-in/offline")
@needs(CHECK_IN)
def offline(sheet_id: int) -> ResponseReturnValue:
    """Return a page that checks people in while there is no network, and sends what it noted when there is one again."""
    never_cache()
    found = queries.managed(sheet_id, current_actor(), CHECK_IN)
    known = {digest: [name, union] for digest, name, union in checkin.known_offline(found)}
    return render_template("signups/desk_offline.html", sheet=found, known=known, frame=frame(found))


@bp.post("/<int:sheet_id>/check-in/noted")
@needs(CHECK_IN)
def noted(sheet_id: int) -> ResponseReturnValue:
    """Take over what a device noted: {"noted": [[code's hash, milliseconds since 1970], …]}; sent twice, it counts once."""
    never_cache()
    actor, found = current_actor(), queries.managed(sheet_id, current_actor(), CHECK_IN)
    return jsonify(found=checkin.merge(found, _read(request.get_json(silent=True)), actor=actor, now=clock.now()))


def _read(body: Any) -> list[tuple[str, datetime]]:
    """Return what was noted. Raises RuleBroken for anything else."""
    rows = body.get("noted") if isinstance(body, dict) else None
    if not isinstance(rows, list) or len(rows) > checkin.MOST_AT_ONCE:
        raise RuleBroken(_("看不懂这份签到记录，没有收下。请留在这一页，稍后再发。"))
    found = []
    for row in rows:
        digest, at = row if isinstance(row, list) and len(row) == 2 else (None, None)
        if not isinstance(digest, str) or not isinstance(at, int) or isinstance(at, bool) or not 0 < at < 10**14:
            raise RuleBroken(_("看不懂这份签到记录，没有收下。请留在这一页，稍后再发。"))
        found.append((digest[:64], datetime.fromtimestamp(at / 1000, UTC)))
    return found
