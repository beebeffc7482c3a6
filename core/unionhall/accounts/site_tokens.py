"""Routes of one's own API tokens: `/my/tokens`, for members and staff alike."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, g, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import services, tokens
from unionhall.accounts.forms import TokenForm
from unionhall.accounts.models import Account, ApiToken
from unionhall.accounts.site import bp
from unionhall.base import clock, db
from unionhall.base.errors import NotFound, RuleBroken, TooMany
from unionhall.base.web import go, never_cache
from unionhall.desk.forms import choices
from unionhall.rest.table import scopes


@bp.get("/my/tokens")
def my_tokens() -> ResponseReturnValue:
    """List the tokens that hold, and ask what a new one is for."""
    return _page(_mine(), _form(fresh=True))


@bp.post("/my/tokens")
def make_token() -> ResponseReturnValue:
    """Make a token for somebody who proves the password, and the second factor where there is one; its secret is shown once."""
    account, now, form = _mine(), clock.now(), _form()
    if not form.accepted():
        return _page(account, form), 422
    try:
        services.prove(account, form.password.data or "", field="password", now=now)
        if account.has_second_factor and not services.check_second_factor(account, form.code.data or "", now=now):
            db.keep()
            raise RuleBroken(_("口令不对、已过期或用过了。请看手机上最新的 6 位数字，或用一个恢复码。"), field="code")
        row, secret = tokens.issue(
            account, kind=tokens.PERSONAL, name=form.name.data or "", scopes=form.scopes.data or (),
            known=[scope.name for scope in scopes()], lasts=timedelta(days=int(form.days.data)), now=now,
        )  # fmt: skip
    except (RuleBroken, TooMany) as error:
        form.refuse(error)
        response = make_response(_page(account, form), error.status)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    return _page(account, _form(fresh=True), made=row, secret=secret)


@bp.post("/my/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Take a token back; it is dead at once."""
    try:
        tokens.revoke(_mine(), token_id, now=clock.now())
    except NotFound:
        flash(_("这个令牌早就失效了。"), "info")
    else:
        flash(_("令牌收回了，用它的程序马上进不来。"), "ok")
    return go(url_for("accounts.my_tokens"))


def _mine() -> Account:
    never_cache()
    account: Account | None = g.get("account")
    if account is None:
        abort(401)
    return account


def _form(*, fresh: bool = False) -> TokenForm:
    form = TokenForm(formdata=None) if fresh else TokenForm()
    form.scopes.choices = choices((scope.name, f"{scope.label}（{scope.name}）") for scope in scopes())
    return form


def _page(account: Account, form: TokenForm, made: ApiToken | None = None, secret: str = "") -> str:
    return render_template(
        "accounts/my_tokens.html", account=account, form=form, made=made, secret=secret,
        labels={scope.name: scope.label for scope in scopes()}, tokens=tokens.listed(account.id, now=clock.now()),
    )  # fmt: skip
