"""One's own account in the desk: profile, password, sessions, second factor."""

from __future__ import annotations

import segno
from flask import flash, g, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.accounts import second_factor, services, sessions
from unionhall.accounts.desk import bp
from unionhall.accounts.forms import BindForm, ChangePasswordForm, PasswordForm, ProfileForm, RemoveFactorForm
from unionhall.accounts.labels import device
from unionhall.accounts.models import Account
from unionhall.accounts.second_factor import Proposal
from unionhall.base import clock
from unionhall.base.crypto import config
from unionhall.base.errors import RuleBroken, TooMany, UnionHallError
from unionhall.base.web import go
from unionhall.desk.forms import DeskForm
from unionhall.platform.access import needs
from unionhall.settings.queries import site_settings

OWN = "desk.enter"


@bp.get("/me")
@needs(OWN)
def me() -> ResponseReturnValue:
    """Show one's own account."""
    return _page()


@bp.post("/me")
@needs(OWN)
def change_me() -> ResponseReturnValue:
    """Change one's own name and mail address; a new address asks for the password."""
    form = ProfileForm()
    if form.accepted():
        try:
            services.change_profile(
                _mine(), name=form.name.data or "", email=form.email.data or "", password=form.password.data or "", now=clock.now()
            )
        except (RuleBroken, TooMany) as error:
            return _refused(form, error, profile=form)
        flash(_("资料已保存。"), "ok")
        return go(url_for("accounts_desk.me"))
    return _page(profile=form), 422


@bp.post("/me/password")
@needs(OWN)
def change_password() -> ResponseReturnValue:
    """Change one's own password; other sessions end."""
    form = ChangePasswordForm()
    if form.accepted():
        try:
            services.change_password(
                _mine(), form.old.data or "", form.password.data or "", session=g.login_session, now=clock.now()
            )
        except (RuleBroken, TooMany) as error:
            return _refused(form, error, new=form)
        flash(_("密码改好了，其他设备上的登录都已结束。"), "ok")
        return go(url_for("accounts_desk.me"))
    return _page(new=form), 422


@bp.post("/me/sessions/<int:session_id>/end")
@needs(OWN)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    if services.end_sessions(_mine(), session_id=session_id, now=clock.now()):
        flash(_("那台设备已退出。"), "ok")
    return go(url_for("accounts_desk.me") + "#sessions")


@bp.post("/me/sessions/end")
@needs(OWN)
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    count = services.end_sessions(_mine(), keep=g.login_session.id, now=clock.now())
    flash(ngettext("结束了 %(num)d 个会话。", "结束了 %(num)d 个会话。", count), "ok")
    return go(url_for("accounts_desk.me") + "#sessions")


@bp.post("/me/second-factor")
@needs(OWN)
def start_factor() -> ResponseReturnValue:
    """Show the QR code of a new secret to somebody who proves the password."""
    form = PasswordForm()
    if form.accepted():
        try:
            services.prove(_mine(), form.password.data or "", field="password", now=clock.now())
            return _page(proposed=second_factor.propose(_mine(), now=clock.now()))
        except (RuleBroken, TooMany) as error:
            return _refused(form, error, start=form)
    return _page(start=form), 422


@bp.post("/me/second-factor/confirm")
@needs(OWN)
def confirm_factor() -> ResponseReturnValue:
    """Bind the app; its recovery codes are shown this once."""
    form, now = BindForm(), clock.now()
    try:
        proposed = second_factor.proposal(_mine(), form.sealed.data or "", now=now)
    except RuleBroken as error:
        start = PasswordForm(formdata=None)
        return _refused(start, error, start=start)
    if form.accepted():
        try:
            codes = services.bind_factor(_mine(), form.sealed.data or "", form.code.data or "", session=g.login_session, now=now)
        except RuleBroken as error:
            return _refused(form, error, proposed=proposed, bind=form)
        return _page(recovery=codes)
    return _page(proposed=proposed, bind=form), 422


@bp.post("/me/second-factor/remove")
@needs(OWN)
def remove_factor() -> ResponseReturnValue:
    """Unbind one's own app after proving password and code."""
    form = RemoveFactorForm()
    if form.accepted():
        try:
            services.unbind_factor(_mine(), form.password.data or "", form.code.data or "", session=g.login_session, now=clock.now())
        except (RuleBroken, TooMany) as error:
            return _refused(form, error, off=form)
        flash(_("动态口令已解除。"), "ok")
        return go(url_for("accounts_desk.me"))
    return _page(off=form), 422


def _mine() -> Account:
    account: Account = g.account
    return account


def _refused(form: DeskForm, error: UnionHallError, proposed: Proposal | None = None, **forms: DeskForm) -> ResponseReturnValue:
    """Show the page with what was refused; 429 and when to come back for one try too many."""
    form.refuse(error)
    response = make_response(_page(proposed=proposed, **forms), error.status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _page(recovery: list[str] | None = None, proposed: Proposal | None = None, **forms: DeskForm) -> str:
    """Render the page with whatever form went wrong."""
    account = _mine()
    shown: dict[str, DeskForm] = {
        "profile": ProfileForm(formdata=None, obj=account), "new": ChangePasswordForm(formdata=None),
        "start": PasswordForm(formdata=None), "bind": BindForm(formdata=None), "off": RemoveFactorForm(formdata=None),
    }
    shown |= forms
    for name, form in shown.items():
        for field in form:
            field.id = f"{name}-{field.short_name}"
    qr = _qr(second_factor.provisioning_uri(account, proposed.secret, site_settings().site_name)) if proposed else ""
    return render_template(
        "accounts/desk_me.html", account=account, forms=shown, proposed=proposed, qr=qr, recovery=recovery or [],
        recovery_left=second_factor.recovery_left(account) if account.has_second_factor else 0,
        demanded=config().require_second_factor and not account.has_second_factor,
        sessions=sessions.open_sessions(account.id, now=clock.now()), this_session=g.login_session.id, device=device,
    )


def _qr(text: str) -> str:
    return segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#221d18", light="#ffffff")
