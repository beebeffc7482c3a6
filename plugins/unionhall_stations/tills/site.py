"""The pages of a till: a device is enrolled, a clerk begins a turn with a PIN, hands over. No account is logged in here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, current_app, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    DeskForm,
    PageView,
    UnionHallError,
    client_address,
    clock,
    fail,
    form_choices,
    go,
    never_cache,
    safe_next,
    session,
    throttle_source,
    write_aside,
)
from unionhall_stations.blueprints import site
from unionhall_stations.models import Till
from unionhall_stations.tills import beginning, enrolling, queries, turns
from unionhall_stations.tills.forms import EnrolForm, FirstPinForm, PinForm

YEAR = timedelta(days=365)


@site.route("/till/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Take the code that the desk gave and make this device a till."""
    never_cache()
    form, status = EnrolForm(), 422
    if form.accepted():
        try:
            done = enrolling.enrol(form.code.data or "", throttle_source(client_address()), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            flash(_("这台设备现在是“%(till)s”。", till=done.label), "ok")
            answer = make_response(go(url_for("stations.till")))
            _keep(answer, turns.DEVICE, done.token, YEAR)
            answer.delete_cookie(turns.TURN)
            return answer
    if not form.is_submitted():
        form.code.data = request.args.get("code", "")[:20]
    page = render_template(
        "stations/tills/enrol.html", form=form, till=turns.current_till(), demo=enrolling.demo_works() and queries.has_demo_till()
    )
    return page, status if form.problems else 200


@site.get("/till")
def till() -> ResponseReturnValue:
    """Show the till: who is on and what they may do, or the PIN."""
    never_cache()
    found = turns.current_till()
    if found is None:
        return go(url_for("stations.enrol"))
    turn, now = turns.current_turn(), clock.now()
    if turn is None:
        return _pin_page(found, PinForm(formdata=None), 200)
    if request.args.get("next"):
        return go(_next())
    write_aside(turns.still_here(turn, now))
    view = PageView("stations.till", turn.till_id, turn.org_id)
    return render_template("stations/tills/start.html", turn=turn, page_view=view, form=DeskForm(formdata=None))


@site.post("/till")
def begin_turn() -> ResponseReturnValue:
    """Take a PIN: begin a turn, ask for a PIN of one's own, or say what is wrong."""
    never_cache()
    found = turns.current_till()
    if found is None:
        fail()
        return go(url_for("stations.enrol"))
    form, status = _with_clerks(PinForm(), found), 422
    if form.accepted():
        try:
            tried = beginning.begin(found, form.clerk_id.data, form.pin.data or "", now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            if tried.token:
                return _on(tried.token)
            if tried.first:
                return _first_page(found, FirstPinForm(formdata=None, first=tried.first), 200)
            form.pin.errors = [tried.problem]  # not refused: the count of wrong tries must stay
    found = turns.current_till() or abort(404)
    return _pin_page(found, form, status)


@site.post("/till/pin")
def choose_pin() -> ResponseReturnValue:
    """Keep a PIN of one's own and begin the turn."""
    never_cache()
    found, form = turns.current_till(), FirstPinForm()
    if found is None:
        abort(404)
    status = 422
    if form.accepted():
        try:
            given = form.data
            return _on(beginning.choose_pin(found, given["first"] or "", given["pin"], given["again"], now=clock.now()))
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
    return _first_page(turns.current_till() or abort(404), form, status)


@site.post("/till/leave")
def hand_over() -> ResponseReturnValue:
    """End the turn of this device."""
    never_cache()
    if turns.current_till() is None:
        abort(404)
    if turn := turns.current_turn():
        beginning.hand_over(turn, now=clock.now())
        flash(_("“%(name)s”已下班，下一位可以接班。", name=turn.clerk_name), "ok")
    answer = make_response(go(url_for("stations.till")))
    answer.delete_cookie(turns.TURN)
    return answer


def _on(token: str) -> Response:
    answer = make_response(go(_next()))
    _keep(answer, turns.TURN, token, None)
    return answer


def _keep(answer: Response, name: str, token: str, age: timedelta | None) -> None:
    """Keep a token in this browser: out of reach of scripts, sent to this site alone; without an age until it is closed."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(name, token, max_age=age, secure=secure, httponly=True, samesite="Lax", path="/")


def _next() -> str:
    return safe_next(request.values.get("next"), url_for("stations.till"))


def _with_clerks(form: PinForm, found: Till) -> PinForm:
    form.clerk_id.choices = form_choices((clerk.id, clerk.name) for clerk in queries.clerks(found.store_id))
    return form


def _pin_page(found: Till, form: PinForm, status: int) -> ResponseReturnValue:
    if form.clerk_id.choices is None:
        _with_clerks(form, found)
    if len(form.clerk_id.choices or []) == 1 and not form.is_submitted():
        form.clerk_id.data = queries.clerks(found.store_id)[0].id
    shown = _shell(found, clock.now()) | {"form": form, "next": request.values.get("next", ""), "moved": turns.moved(found)}
    return render_template("stations/tills/pin.html", **shown), status


def _first_page(found: Till, form: FirstPinForm, status: int) -> ResponseReturnValue:
    shown = _shell(found, clock.now()) | {"form": form, "next": request.values.get("next", "")}
    return render_template("stations/tills/first_pin.html", **shown), status


def _shell(found: Till, now: datetime) -> dict[str, Any]:
    locked = found.locked_until if found.locked_until and found.locked_until > now else None
    return {"till": found, "locked_until": locked}


def till_place() -> dict[str, str]:
    """Return what the head of every page of a till says: the till, its station and store; nothing on another device."""
    found = turns.current_till()
    if found is None:
        return {}
    return {"till": found.label, "station": found.station.name, "store": found.store.name}


site.add_app_template_global(till_place, "stations_till_place")
site.add_app_template_global(turns.current_turn, "stations_turn")
