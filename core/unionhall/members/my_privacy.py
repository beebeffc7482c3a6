"""One's own data: see it, take it along, take consents back, end the account, erase everything, see who looked."""

from __future__ import annotations

from flask import Response, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.web import go, never_cache
from unionhall.members import consents, my_queries, privacy_acts
from unionhall.members.forms import SureForm
from unionhall.members.queries import current_member
from unionhall.members.site_blueprint import bp, me, mine, person, proved, refused
from unionhall.members.words import CONSENTS, LOOKED_AT


@bp.get("/my/privacy/")
@mine
def privacy() -> ResponseReturnValue:
    """Show everything that is held about oneself, and what one may do about it."""
    given = consents.of_account(me().id)
    parts = [part for part in privacy_acts.collected(person()) if part.data]
    return render_template("members/my_privacy.html", parts=parts, given=given, purposes=CONSENTS, member=current_member())


@bp.get("/my/privacy/looks")
@mine
def looks() -> ResponseReturnValue:
    """Show who looked at one's data."""
    member = current_member()
    found = my_queries.looks(member.id) if member else []
    return render_template("members/my_looks.html", looks=found, looked_at=LOOKED_AT, member=member)


@bp.route("/my/privacy/download", methods=["GET", "POST"])
@proved
def download() -> ResponseReturnValue:
    """Hand out everything as one file."""
    if request.method == "GET":
        return render_template("members/my_download.html")
    packed = privacy_acts.package(me(), g.login_session, person(), now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"'}
    return Response(packed, mimetype="application/zip", headers=headers)


@bp.route("/my/privacy/withdraw/<purpose>", methods=["GET", "POST"])
@mine
def withdraw(purpose: str) -> ResponseReturnValue:
    """Take a consent back, after saying what that means."""
    if purpose not in CONSENTS or not consents.in_force(me().id, purpose):
        raise NotFound()
    form = SureForm()
    if form.accepted():
        try:
            _row, token = privacy_acts.withdraw_activation(me(), now=clock.now())
        except RuleBroken as error:
            return refused("members/my_withdraw.html", form, error, purpose=CONSENTS[purpose])
        return _leave(token)
    return render_template("members/my_withdraw.html", form=form, purpose=CONSENTS[purpose]), 422 if form.is_submitted() else 200


@bp.route("/my/privacy/end", methods=["GET", "POST"])
@proved
def end_account() -> ResponseReturnValue:
    """End the account and keep the membership."""
    form = SureForm()
    if form.accepted():
        try:
            _row, token = privacy_acts.end_account(me(), g.login_session, now=clock.now())
        except RuleBroken as error:
            return refused("members/my_end.html", form, error)
        return _leave(token)
    return render_template("members/my_end.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/my/privacy/erase", methods=["GET", "POST"])
@proved
def erase() -> ResponseReturnValue:
    """Erase everything, after saying what goes and what stays."""
    form = SureForm()
    if form.accepted():
        try:
            _row, token = privacy_acts.erase(me(), g.login_session, person(), now=clock.now())
        except RuleBroken as error:
            return refused("members/my_erase.html", form, error, preview=None)
        return _leave(token)
    status = 422 if form.is_submitted() else 200
    try:
        preview = privacy_acts.preview(person(), now=clock.now())
    except RuleBroken as error:
        form.form_errors.append(str(error))
        preview = None
    return render_template("members/my_erase.html", form=form, preview=preview), status


@bp.get("/my/receipt/<token>")
def receipt(token: str) -> ResponseReturnValue:
    """Show the receipt of an erasure to whoever has its address; nobody is logged in any more."""
    never_cache()
    row = privacy_acts.receipt(token)
    if request.args.get("file"):
        text = render_template("members/receipt.txt", row=row)
        headers = {"Content-Disposition": f'attachment; filename="receipt-{row.number}.txt"'}
        return Response(text, mimetype="text/plain", headers=headers)
    return render_template("members/receipt.html", row=row, token=token)


@bp.after_request
def keep_receipts_here(response: Response) -> Response:
    """The address of a receipt opens it: it must not travel on in a Referer header."""
    if request.endpoint == "members.receipt":
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _leave(token: str) -> ResponseReturnValue:
    """Lead somebody whose account has just ended to the receipt; the browser forgets them."""
    session.clear()
    g.drop_login_cookie = True
    return go(url_for("members.receipt", token=token))

