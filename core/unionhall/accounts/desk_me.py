"""One's own account in the desk: profile, password, sessions, second factor."""

from __future__ import annotations

import segno
from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import second_factor, services, sessions
from unionhall.accounts.desk import bp
from unionhall.accounts.forms import ChangePasswordForm, CodeForm, ProfileForm, RemoveFactorForm
from unionhall.accounts.labels import device
from unionhall.accounts.models import Account
from unionhall.base import clock
from unionhall.base.errors import UnionHallError
from unionhall.base.web import go
from unionhall.desk.forms import DeskForm
from unionhall.platform.access import current_actor, needs
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
    form, account = ProfileForm(), _mine()
    if form.accepted():
        try:
            services.change_profile(
                account, name=form.name.data or "", email=form.email.data or "", password=form.password.data or "", now=clock.now()
            )
        except UnionHallError as error:
            form.refuse(error)
        else:
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
                _mine(), form.old.data or "", form.password.data or "", keep_session=g.login_session.id, now=clock.now()
            )
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("密码改好了，其他设备上的登录都已结束。"), "ok")
            return go(url_for("accounts_desk.me"))
    return _page(password=form), 422


@bp.post("/me/sessions/<int:session_id>/end")
@needs(OWN)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    if sessions.end(session_id, _mine().id, now=clock.now()):
        flash(_("那台设备已退出。"), "ok")
    return go(url_for("accounts_desk.me") + "#sessions")


@bp.post("/me/sessions/end")
@needs(OWN)
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    count = sessions.end_all(_mine().id, now=clock.now(), but=g.login_session.id)
    flash(_("结束了 %(n)s 个会话。", n=count), "ok")
    return go(url_for("accounts_desk.me") + "#sessions")


@bp.post("/me/second-factor")
@needs(OWN)
def start_factor() -> ResponseReturnValue:
    """Make a secret and show its QR code."""
    try:
        second_factor.propose(_mine())
    except UnionHallError as error:
        flash(str(error), "warn")
    return go(url_for("accounts_desk.me") + "#second-factor")


@bp.post("/me/second-factor/confirm")
@needs(OWN)
def confirm_factor() -> ResponseReturnValue:
    """Bind the app; its recovery codes are shown this once."""
    form = CodeForm()
    if form.accepted():
        try:
            codes = second_factor.confirm(_mine(), form.code.data or "", actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            return _page(recovery=codes)
    return _page(code=form), 422


@bp.post("/me/second-factor/remove")
@needs(OWN)
def remove_factor() -> ResponseReturnValue:
    """Unbind one's own app after proving password and code."""
    form = RemoveFactorForm()
    if form.accepted():
        try:
            services.remove_own_factor(_mine(), form.password.data or "", form.code.data or "", now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("动态口令已解除。"), "ok")
            return go(url_for("accounts_desk.me"))
    return _page(remove=form), 422


def _mine() -> Account:
    account: Account = g.account
    return account


def _page(recovery: list[str] | None = None, **forms: DeskForm) -> str:
    """Render the page with whatever form went wrong."""
    account = _mine()
    shown: dict[str, DeskForm] = {
        "profile": ProfileForm(formdata=None, obj=account), "password": ChangePasswordForm(formdata=None, prefix=""),
        "code": CodeForm(formdata=None), "remove": RemoveFactorForm(formdata=None),
    }
    secret = second_factor.propose(account) if account.totp_sealed and not account.has_second_factor else ""
    qr = _qr(second_factor.provisioning_uri(account, secret, site_settings().site_name)) if secret else ""
    return render_template(
        "accounts/desk_me.html", account=account, forms=shown | forms, secret=secret, qr=qr, recovery=recovery or [],
        sessions=sessions.open_sessions(account.id, now=clock.now()), this_session=g.login_session.id, device=device,
    )


def _qr(text: str) -> str:
    return segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#221d18", light="#ffffff")
