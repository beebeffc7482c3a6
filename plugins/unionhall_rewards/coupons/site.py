"""A member's coupons: the wallet, a coupon with its QR, an objection, and the live member card for shops."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    UnionHallError,
    clock,
    current_actor,
    current_member,
    go,
    member_unions,
    never_cache,
    page_number,
    session,
)
from unionhall_rewards.blueprints import site
from unionhall_rewards.coupons import holding, labels, presenting, queries, shown, voidings
from unionhall_rewards.coupons.forms import AppealForm
from unionhall_rewards.coupons.models import Coupon

IN_FORCE = ("active", "kept")


def _me() -> int:
    """Return the member who is logged in, 0 for an account that is no member's; strangers are sent to log in."""
    never_cache()
    if not current_actor().known:
        abort(401)
    member = current_member()
    return member.id if member else 0


@site.get("/")
def wallet() -> ResponseReturnValue:
    """Show one's coupons: to use, used, over."""
    me, now, tab, page = _me(), clock.now(), request.args.get("tab", ""), page_number()
    tab = tab if tab in queries.TABS else queries.USABLE
    rows = queries.of_member(me, tab, now, page=page, size=queries.SIZE + 1) if me else []
    latest = queries.last_used(me) if me and tab == queries.USABLE and page == 1 else []
    numbers = queries.numbers_of_member(me, now) if me else dict.fromkeys(queries.TABS, 0)
    return render_template(
        "rewards/coupons/wallet.html", member=me, tab=tab, tickets=shown.tickets(rows[: queries.SIZE], now), more=len(rows) > queries.SIZE,
        page=page, numbers=numbers, latest=shown.tickets(latest, now),
    )  # fmt: skip


@site.get("/coupons/<int:coupon_id>/")
def coupon(coupon_id: int) -> ResponseReturnValue:
    """Show one's coupon: its QR and code while it can be used, its rules, where it can be used."""
    return _page(queries.mine(coupon_id, _me()), AppealForm(formdata=None))


@site.get("/coupons/<int:coupon_id>/qr")
def coupon_qr(coupon_id: int) -> ResponseReturnValue:
    """Give the part of the page that changes every minute."""
    return render_template("rewards/coupons/qr.html", **_live(queries.mine(coupon_id, _me())))


@site.post("/coupons/<int:coupon_id>/appeal")
def appeal_void(coupon_id: int) -> ResponseReturnValue:
    """Object to that one's coupon was taken back."""
    me, form, status = _me(), AppealForm(), 422
    found = queries.mine(coupon_id, me)
    if form.accepted():
        try:
            row = next((row for row in queries.voidings_of(found.id) if row.state == "done"), None)
            voidings.appeal(row.id if row else 0, me, form.text.data or "", actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.mine(coupon_id, me), error.status
        else:
            flash(_("申诉收到了，会由另一个人答复。"), "ok")
            return go(url_for("rewards.coupon", coupon_id=coupon_id))
    return _page(found, form), status


def _live(found: Coupon) -> dict[str, object]:
    now = clock.now()
    ticket = shown.tickets([found], now)[0]
    live = ticket.state in (shown.READY, shown.HELD)
    usable = live and holding.may_use(found.member_id)
    return {
        "ticket": ticket, "usable": usable, "left": live and not usable, "qr": presenting.picture(found.id, now) if usable else "",
        "code": presenting.printed(found) if usable else "", "seconds": presenting.seconds_left(now), "now": now,
    }  # fmt: skip


def _page(found: Coupon, form: AppealForm) -> str:
    now = clock.now()
    voided = next((row for row in queries.voidings_of(found.id) if row.state == "done"), None)
    return render_template(
        "rewards/coupons/coupon.html", coupon=found, kind=found.kind, form=form, voided=voided, places=shown.places(found.kind, now),
        days=shown.days_left(found, now), number=labels.number(found.id), name=labels.name(found.kind), **_live(found),
    )  # fmt: skip


@site.get("/card")
def member_card() -> ResponseReturnValue:
    """Show one's live member card: shops see by its moving seal and the time that it is no picture."""
    me = _me()
    unions = [row for row in member_unions(me) if row.status in IN_FORCE] if me else []
    return render_template("rewards/coupons/card.html", member=current_member(), unions=unions, now=clock.now())
