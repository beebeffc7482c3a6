"""Activation: who are you, the code, a password or none. Every well-formed claim is answered alike."""

from __future__ import annotations

from flask import flash, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import own, services, tickets
from unionhall.accounts.forms import NewPasswordForm, PhoneCodeForm
from unionhall.base import clock
from unionhall.base.errors import Conflict, RuleBroken, TooMany, Unavailable
from unionhall.base.text import tidy
from unionhall.base.web import client_address, go, never_cache, safe_next
from unionhall.members import activation, consents, identity
from unionhall.members.activation import PURPOSE, Claim
from unionhall.members.forms import ActivationForm
from unionhall.members.queries import current_member
from unionhall.members.site_blueprint import bp, me, proved, refused

NEXT, LONGEST_NEXT = "activate_next", 1000


@bp.route("/activate", methods=["GET", "POST"])
def activate() -> ResponseReturnValue:
    """Ask who somebody is; the next page is the same whether the roster knows them or not."""
    never_cache()
    if request.args.get("next"):
        session[NEXT] = safe_next(request.args["next"][:LONGEST_NEXT], "")
    if current_member() is not None:
        flash(_("你已经激活过了。"), "info")
        return go(_onward())
    form = ActivationForm()
    if not form.accepted():
        return render_template("members/activate.html", form=form, onward=session.get(NEXT, "")), 422 if form.is_submitted() else 200
    claim = Claim(tidy(form.name.data or ""), identity.folded(form.id_number.data or ""), identity.folded(form.mobile.data or ""))
    try:
        ticket = activation.ask(claim, consents.current_text(), source=client_address(), now=clock.now())
    except (RuleBroken, TooMany, Unavailable) as error:
        return refused("members/activate.html", form, error, onward=session.get(NEXT, ""))
    tickets.keep(PURPOSE, ticket, claim.mobile)
    return go(url_for("members.activate_code"))


@bp.get("/activate/consent")
def consent_text() -> ResponseReturnValue:
    """Show the text about personal information."""
    never_cache()
    return render_template("members/consent.html", text=consents.current_text())


@bp.route("/activate/code", methods=["GET", "POST"])
def activate_code() -> ResponseReturnValue:
    """Ask for the code; a right one activates and logs in."""
    never_cache()
    held = tickets.held(PURPOSE)
    if current_member() is not None or held is None:
        return go(_onward() if current_member() else url_for("members.activate"))
    form, now, account = PhoneCodeForm(), clock.now(), g.get("account")
    if form.accepted():
        try:
            found = activation.finish(held.ticket, form.code.data or "", account=account, source=client_address(), now=now)
        except (RuleBroken, Conflict, TooMany) as error:
            return refused("members/activate_code.html", form, error, mobile=held.shown)
        tickets.drop(PURPOSE)
        onward = session.get(NEXT, "")
        login = g.login_session if account is not None else services.log_in(found, strong=False, now=now)
        login.proved_at = now
        session[NEXT] = onward  # logging in begins a new browser session
        flash(_("激活成功，欢迎回家！"), "ok")
        return go(_onward() if found.password_hash else url_for("members.activate_password"))
    return render_template("members/activate_code.html", form=form, mobile=held.shown), 422 if form.is_submitted() else 200


@bp.route("/activate/password", methods=["GET", "POST"])
@proved
def activate_password() -> ResponseReturnValue:
    """Let somebody who has just been activated set a password, or go on without."""
    form = NewPasswordForm()
    if form.accepted():
        try:
            own.set_password(me(), form.password.data or "", session=g.login_session, now=clock.now())
        except RuleBroken as error:
            return refused("members/activate_password.html", form, error, onward=session.get(NEXT) or url_for("members.my"))
        flash(_("密码设好了。以后可以用手机号和密码登录。"), "ok")
        return go(_onward())
    page = render_template("members/activate_password.html", form=form, onward=session.get(NEXT) or url_for("members.my"))
    return page, 422 if form.is_submitted() else 200


def _onward() -> str:
    """Return where somebody who has been activated came from, once; else their own page."""
    return session.pop(NEXT, "") or url_for("members.my")


