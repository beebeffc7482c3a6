"""One's own account: proving who one is, number, password, sessions."""

from __future__ import annotations

from typing import Any

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.accounts import own, proof, services, sessions, tickets
from unionhall.accounts.forms import MobileForm, NewPasswordForm, PasswordForm, PhoneCodeForm
from unionhall.accounts.labels import device
from unionhall.accounts.phones import masked_mobile
from unionhall.base import clock
from unionhall.base.errors import RuleBroken, TooMany, Unavailable, UnionHallError
from unionhall.base.web import client_address, go, safe_next
from unionhall.desk.forms import DeskForm
from unionhall.members import roster_mobile
from unionhall.members.site_blueprint import bp, me, mine, proved, refused

REFUSALS = (RuleBroken, TooMany, Unavailable)


@bp.get("/my/account/")
@mine
def account() -> ResponseReturnValue:
    """Show how one logs in, and where one is logged in."""
    found = sessions.open_sessions(me().id, now=clock.now())
    shown = {"mobile": masked_mobile(me().phone_sealed), "sessions": found, "device": device, "this_session": g.login_session.id}
    return render_template("members/my_account.html", account=me(), **shown)


@bp.get("/my/confirm")
@mine
def confirm() -> ResponseReturnValue:
    """Ask to prove once more who one is: by password, or by a code to one's own number."""
    return _confirm_page()


@bp.post("/my/confirm/password")
@mine
def confirm_by_password() -> ResponseReturnValue:
    """Take the password as proof."""
    form = PasswordForm()
    if form.accepted():
        try:
            proof.by_password(me(), g.login_session, form.password.data or "", now=clock.now())
        except REFUSALS as error:
            return _confirm_refused(form, error, password=form)
        return go(_target())
    return _confirm_page(password=form), 422


@bp.post("/my/confirm/send")
@mine
def confirm_send() -> ResponseReturnValue:
    """Send the code."""
    form = PhoneCodeForm(formdata=None)
    try:
        ticket = proof.ask_code(me(), source=client_address(), now=clock.now())
    except REFUSALS as error:
        return _confirm_refused(form, error, code=form)
    tickets.keep(proof.PURPOSE, ticket, "")
    return go(url_for("members.confirm", next=_target()))


@bp.post("/my/confirm/code")
@mine
def confirm_by_code() -> ResponseReturnValue:
    """Take the code as proof."""
    form, held = PhoneCodeForm(), tickets.held(proof.PURPOSE)
    if held is None:
        return go(url_for("members.confirm", next=_target()))
    if form.accepted():
        try:
            proof.by_code(me(), g.login_session, held.ticket, form.code.data or "", source=client_address(), now=clock.now())
        except REFUSALS as error:
            return _confirm_refused(form, error, code=form)
        tickets.drop(proof.PURPOSE)
        return go(_target())
    return _confirm_page(code=form), 422


@bp.route("/my/account/password", methods=["GET", "POST"])
@proved
def password() -> ResponseReturnValue:
    """Set or change one's password."""
    form = NewPasswordForm()
    if form.accepted():
        try:
            own.set_password(me(), form.password.data or "", session=g.login_session, now=clock.now())
        except RuleBroken as error:
            return refused("members/my_password.html", form, error, account=me())
        flash(_("密码改好了，其他设备上的登录都已结束。"), "ok")
        return go(url_for("members.account"))
    return render_template("members/my_password.html", form=form, account=me()), 422 if form.is_submitted() else 200


@bp.route("/my/account/phone", methods=["GET", "POST"])
@proved
def phone() -> ResponseReturnValue:
    """Ask for the new number."""
    form = MobileForm()
    shown = {"mobile": masked_mobile(me().phone_sealed)}
    if form.accepted():
        number = form.mobile.data or ""
        try:
            ticket = own.ask_new_phone(me(), g.login_session, number, source=client_address(), now=clock.now())
        except REFUSALS as error:
            return refused("members/my_phone.html", form, error, **shown)
        tickets.keep(own.NEW_PHONE, ticket, number)
        return go(url_for("members.phone_code"))
    return render_template("members/my_phone.html", form=form, **shown), 422 if form.is_submitted() else 200


@bp.route("/my/account/phone/code", methods=["GET", "POST"])
@proved
def phone_code() -> ResponseReturnValue:
    """Ask for the code that went to the new number; the roster's number follows."""
    held, form, now = tickets.held(own.NEW_PHONE), PhoneCodeForm(), clock.now()
    if held is None:
        return go(url_for("members.phone"))
    if form.accepted():
        try:
            number = own.finish_new_phone(me(), g.login_session, held.ticket, form.code.data or "", source=client_address(), now=now)
        except REFUSALS as error:
            return refused("members/my_phone_code.html", form, error, mobile=held.shown)
        roster_mobile.follow(me(), number, now=now)
        tickets.drop(own.NEW_PHONE)
        flash(_("手机号换好了，以后用新号码登录。其他设备上的登录都已结束。"), "ok")
        return go(url_for("members.account"))
    return render_template("members/my_phone_code.html", form=form, mobile=held.shown), 422 if form.is_submitted() else 200


@bp.post("/my/account/sessions/<int:session_id>/end")
@mine
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    if services.end_sessions(me(), session_id=session_id, now=clock.now()):
        flash(_("那台设备已退出。"), "ok")
    return go(url_for("members.account") + "#sessions")


@bp.post("/my/account/sessions/end")
@mine
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    count = services.end_sessions(me(), keep=g.login_session.id, now=clock.now())
    flash(ngettext("结束了 %(num)d 个会话。", "结束了 %(num)d 个会话。", count), "ok")
    return go(url_for("members.account") + "#sessions")


def _target() -> str:
    return safe_next(request.values.get("next", "")[:1000], url_for("members.account"))


def _confirm_shown(**forms: DeskForm) -> dict[str, Any]:
    return {
        "forms": {"password": PasswordForm(formdata=None), "code": PhoneCodeForm(formdata=None), **forms}, "target": _target(),
        "account": me(), "mobile": masked_mobile(me().phone_sealed), "sent": tickets.held(proof.PURPOSE) is not None,
    }  # fmt: skip


def _confirm_page(**forms: DeskForm) -> str:
    return render_template("members/my_confirm.html", **_confirm_shown(**forms))


def _confirm_refused(form: DeskForm, error: UnionHallError, **forms: DeskForm) -> ResponseReturnValue:
    return refused("members/my_confirm.html", form, error, **_confirm_shown(**forms))
