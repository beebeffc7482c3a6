"""Logging in and out, and the one-time links. Also finds out, before every request, who asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import bearer, services, sessions
from unionhall.accounts.forms import CodeForm, ForgotForm, LoginForm, NewPasswordForm
from unionhall.accounts.models import Account
from unionhall.base import clock
from unionhall.base.crypto import config
from unionhall.base.errors import RuleBroken, TooMany
from unionhall.base.web import client_address, go, never_cache, safe_next
from unionhall.desk.forms import DeskForm
from unionhall.platform.access import can, current_actor

PENDING = "second_factor"
PENDING_LASTS = timedelta(minutes=5)
LONGEST_NEXT = 1000
WITHOUT_FACTOR = {
    f"accounts_desk.{name}" for name in ("me", "change_password", "start_factor", "confirm_factor", "end_session", "end_other_sessions")
}
bp = Blueprint("accounts", __name__)
bp.before_app_request(sessions.recognise)
bp.before_app_request(bearer.recognise)
bp.after_app_request(sessions.set_cookie)


@bp.before_app_request
def ask_for_second_factor() -> ResponseReturnValue | None:
    """Where every staff account must bind an app, the desk stays closed until it has."""
    account = g.get("account")
    if not config().require_second_factor or account is None or account.has_second_factor:
        return None
    if request.path.startswith("/desk/") and request.endpoint not in WITHOUT_FACTOR:
        return go(url_for("accounts_desk.me") + "#second-factor")
    return None


@bp.after_request
def keep_the_link_here(response: Response) -> Response:
    """The address of a one-time link holds a secret: it must not travel on in a Referer header, whatever the answer."""
    if request.endpoint == "accounts.reset":
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Ask for login and password; the answer to a wrong one says nothing about which accounts there are."""
    never_cache()
    target = safe_next(request.values.get("next", "")[:LONGEST_NEXT], "")
    if current_actor().known:
        return go(target or home())
    form = LoginForm()
    if not form.accepted():
        return render_template("accounts/login.html", form=form, target=target), 422 if form.is_submitted() else 200
    now = clock.now()
    try:
        account = services.check_password(form.login.data or "", form.password.data or "", source=client_address(), now=now)
    except TooMany as error:
        return not_now("accounts/login.html", form, error, target=target)
    if account is None:
        form.form_errors.append(_("手机号、登录名或密码不对。请核对后再试；忘了密码可以用短信验证码登录，或重设密码。"))
        return render_template("accounts/login.html", form=form, target=target), 422
    return let_in(account, target, now=now)


def let_in(account: Account, target: str, *, now: datetime) -> ResponseReturnValue:
    """Start the session of somebody who proved one factor, or lead to where the second one is asked for."""
    if account.has_second_factor:
        until = (now + PENDING_LASTS).timestamp()
        session[PENDING] = {"account": account.id, "until": until, "next": target, "stamp": services.stamp(account)}
        return go(url_for("accounts.second"))
    services.log_in(account, strong=False, now=now)
    return go(target or url_for("accounts.after_login"))


@bp.route("/login/second", methods=["GET", "POST"])
def second() -> ResponseReturnValue:
    """Ask for the second factor of somebody whose password was right, within five minutes."""
    never_cache()
    now, pending = clock.now(), session.get(PENDING)
    account = services.by_id(pending["account"]) if pending and now.timestamp() < pending["until"] else None
    if pending is None or account is None or pending["stamp"] != services.stamp(account):
        session.pop(PENDING, None)
        return go(url_for("accounts.login"))
    form = CodeForm()
    if form.accepted():
        try:
            right = services.check_second_factor(account, form.code.data or "", now=now)
        except TooMany as error:
            return not_now("accounts/second.html", form, error)
        if right:
            services.log_in(account, strong=True, now=now)
            return go(pending["next"] or url_for("accounts.after_login"))
        form.code.errors = [_("口令不对、已过期或用过了。请看手机上最新的 6 位数字，或用一个恢复码。")]
    return render_template("accounts/second.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/login/done")
def after_login() -> ResponseReturnValue:
    """Lead staff to the desk and everybody else to their own page."""
    return redirect(home())


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """End this session on the server and take the cookie back."""
    account, row = g.get("account"), g.get("login_session")
    if account is not None and row is not None:
        services.log_out(account, row.id, now=clock.now())
    session.clear()
    g.drop_login_cookie = True
    flash(_("已退出。"), "ok")
    return go(url_for("site.home"))


@bp.route("/forgot", methods=["GET", "POST"])
def forgot() -> ResponseReturnValue:
    """Mail a reset link; the answer is the same whether there is such an account or not."""
    never_cache()
    form = ForgotForm()
    if not form.accepted():
        return render_template("accounts/forgot.html", form=form, sent=False), 422 if form.is_submitted() else 200
    try:
        services.start_reset(form.login.data or "", source=client_address(), now=clock.now())
    except TooMany as error:
        return not_now("accounts/forgot.html", form, error, sent=False)
    return render_template("accounts/forgot.html", form=form, sent=True)


@bp.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """Let the holder of an invitation or reset link set a password, once. Looking at it uses nothing up."""
    never_cache()
    now = clock.now()
    account, purpose = services.holder(token, now=now)
    form = NewPasswordForm()
    if form.accepted():
        try:
            services.finish_with_token(token, form.password.data or "", now=now)
        except RuleBroken as error:
            form.refuse(error)
        else:
            flash(_("密码设好了，请登录。"), "ok")
            return go(url_for("accounts.login"))
    page = render_template("accounts/reset.html", form=form, account=account, purpose=purpose)
    return page, 422 if form.is_submitted() else 200


def not_now(template: str, form: DeskForm, error: TooMany, **shown: object) -> Response:
    """Answer a throttled try with its page, what was typed, and when to come back; the try stays counted."""
    form.form_errors.append(str(error))
    response = Response(render_template(template, form=form, **shown), 429)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def home() -> str:
    """Return where somebody who has logged in goes: the desk for staff, their own page for everybody else."""
    staff = can(current_actor(), "desk.enter") and not sessions.is_on_terminal()
    return url_for("desk_desk.dashboard") if staff else url_for("members.my")
