"""Logging in with a code by text message: ask for one, then enter it."""

from __future__ import annotations

from flask import make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from unionhall.accounts import code_login, tickets
from unionhall.accounts.forms import MobileForm, PhoneCodeForm
from unionhall.accounts.site import LONGEST_NEXT, bp, home, let_in, not_now
from unionhall.base import clock
from unionhall.base.errors import RuleBroken, TooMany, Unavailable
from unionhall.base.web import client_address, go, never_cache, safe_next
from unionhall.platform.access import current_actor

NEXT = "code_next"


@bp.route("/login/code", methods=["GET", "POST"])
def login_code() -> ResponseReturnValue:
    """Ask for a mobile number; the answer is the same whether it is an account's or not."""
    never_cache()
    target = safe_next(request.values.get("next", "")[:LONGEST_NEXT], "")
    if current_actor().known:
        return go(target or home())
    form = MobileForm()
    if not form.accepted():
        return render_template("accounts/login_code.html", form=form, target=target), 422 if form.is_submitted() else 200
    try:
        ticket = code_login.ask(form.mobile.data or "", source=client_address(), now=clock.now())
    except TooMany as error:
        return not_now("accounts/login_code.html", form, error, target=target)
    except Unavailable as error:
        form.refuse(error)
        return make_response(render_template("accounts/login_code.html", form=form, target=target), error.status)
    tickets.keep(code_login.PURPOSE, ticket, form.mobile.data or "")
    session[NEXT] = target
    return go(url_for("accounts.login_code_enter"))


@bp.route("/login/code/enter", methods=["GET", "POST"])
def login_code_enter() -> ResponseReturnValue:
    """Ask for the code that went out."""
    never_cache()
    held = tickets.held(code_login.PURPOSE)
    if current_actor().known or held is None:
        return go(home() if current_actor().known else url_for("accounts.login_code"))
    form, now = PhoneCodeForm(), clock.now()
    if form.accepted():
        try:
            account = code_login.finish(held.ticket, form.code.data or "", source=client_address(), now=now)
        except TooMany as error:
            return not_now("accounts/login_code_enter.html", form, error, mobile=held.shown, target=session.get(NEXT, ""))
        except RuleBroken as error:
            form.refuse(error)
        else:
            target = session.pop(NEXT, "")
            tickets.drop(code_login.PURPOSE)
            return let_in(account, target, now=now)
    page = render_template("accounts/login_code_enter.html", form=form, mobile=held.shown, target=session.get(NEXT, ""))
    return page, 422 if form.is_submitted() else 200
