"""Offers for readers; showing one at a shop; and the merchant's own pages."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    PageView,
    UnionHallError,
    clock,
    current_actor,
    current_member,
    fail,
    go,
    masked_name,
    media_assets,
    never_cache,
    page_until,
    session,
    shared,
    tag_page,
)
from unionhall_rewards.blueprints import site
from unionhall_rewards.offers import labels, queries, services
from unionhall_rewards.offers.forms import PlainOfferForm, ReasonForm
from unionhall_rewards.offers.models import Merchant, Offer

GOOD_FOR = timedelta(minutes=10)


@site.get("/offers/")
@shared("trade", "q")
def offers() -> ResponseReturnValue:
    """List what members can use today, perhaps of one trade."""
    tag_page(services.PAGES)
    today, trade, words = clock.local_day(clock.now()), request.args.get("trade", ""), request.args.get("q", "").strip()[:40]
    if trade and trade not in labels.TRADES:
        abort(404)
    page_until(clock.first_moment(today + timedelta(days=1)))
    rows = queries.shown(today, trade=trade, words=words)
    pictures = media_assets([row.picture_id for row in rows if row.picture_id])
    return render_template(
        "rewards/offers/list.html", rows=rows, trade=trade, words=words, trades=labels.TRADES, pictures=pictures,
        page_view=PageView("rewards.offers"),
    )  # fmt: skip


@site.get("/offers/<int:offer_id>/")
@shared()
def offer(offer_id: int) -> ResponseReturnValue:
    """Show an offer; one that is over says so."""
    found, today = queries.public(offer_id), clock.local_day(clock.now())
    tag_page(services.PAGES, f"{services.PAGES}:{found.id}")
    page_until(clock.first_moment(today + timedelta(days=1)))
    return _offer_page(found)


def _offer_page(found: Offer, problem: str = "") -> str:
    return render_template(
        "rewards/offers/offer.html", offer=found, usable=queries.is_shown(found, clock.local_day(clock.now())), trades=labels.TRADES,
        pictures=media_assets([found.picture_id]) if found.picture_id else {}, problem=problem,
        page_view=PageView("rewards.offer", found.id, found.org_id),
    )  # fmt: skip


def _me() -> int:
    never_cache()
    if not current_actor().known:
        abort(401)
    member = current_member()
    return member.id if member else 0


@site.route("/offers/<int:offer_id>/use", methods=["GET", "POST"])
def use_offer(offer_id: int) -> ResponseReturnValue:
    """Ask before an offer is used: it counts. Then show it."""
    me, found = _me(), queries.public(offer_id)
    problem = "" if me else _("这是给实名会员的。先激活会员身份，再来用。")
    status = 200
    if request.method == "POST":
        try:
            if not me:
                abort(403)
            made = services.use(found, me, now=clock.now())
        except UnionHallError as error:
            fail()
            session().rollback()
            found, problem, status = queries.public(offer_id), str(error), error.status
        else:
            return go(url_for("rewards.shown_offer", use_id=made.id))
    used = queries.used_by(found.id, me) if me else []
    page = render_template("rewards/offers/use.html", offer=found, problem=problem, used=used, member=me)
    return page, status


@site.get("/offers/uses/<int:use_id>/")
def shown_offer(use_id: int) -> ResponseReturnValue:
    """The live page for the shop: the member's masked name, the time, a seal that moves. Good for ten minutes."""
    me = _me()
    if not me:
        abort(404)
    used, found = queries.use(use_id, me)
    member, now = current_member(), clock.now()
    return render_template(
        "rewards/offers/shown.html", use=used, offer=found, name=masked_name(member.name if member else ""), now=now,
        until=used.at + GOOD_FOR, live=now <= used.at + GOOD_FOR,
    )  # fmt: skip


def _merchants() -> list[Merchant]:
    never_cache()
    actor = current_actor()
    if not actor.known:
        abort(401)
    return queries.merchants_of(actor.account_id) if actor.account_id else []


def _own(offer_id: int) -> Offer:
    rows = queries.offers_of([row.id for row in _merchants()])
    return next((row for row in rows if row.id == offer_id), None) or abort(404)


@site.get("/merchant/")
def merchant_home() -> ResponseReturnValue:
    """A merchant's own page: offers, where they stand, how they are used."""
    mine = _merchants()
    rows = queries.offers_of([row.id for row in mine])
    return render_template(
        "rewards/offers/merchant.html", merchants=mine, rows=rows, states=labels.STATES, uses=queries.uses([row.id for row in rows]),
        this_day=clock.local_day(clock.now()),
    )  # fmt: skip


@site.route("/merchant/<int:merchant_id>/new", methods=["GET", "POST"])
def merchant_new(merchant_id: int) -> ResponseReturnValue:
    """Write an offer."""
    found = next((row for row in _merchants() if row.id == merchant_id), None) or abort(404)
    return _write(found, None)


@site.route("/merchant/offers/<int:offer_id>/", methods=["GET", "POST"])
def merchant_offer(offer_id: int) -> ResponseReturnValue:
    """Change an offer; what members see goes back to the union."""
    found = _own(offer_id)
    return _write(found.merchant, found)


def _write(merchant: Merchant, found: Offer | None) -> ResponseReturnValue:
    form = PlainOfferForm(obj=found)
    if not form.is_submitted() and found is None:
        form.since.data = clock.local_day(clock.now())
    if form.accepted():
        typed = form.version.data or ""
        try:
            made = services.write(
                found, merchant, form.fields(), actor=current_actor(), now=clock.now(),
                version=int(typed) if typed.isdecimal() and len(typed) < 9 else 0,
            )  # fmt: skip
            if made.state == "draft":
                services.submit(made, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found = _own(found.id) if found is not None and found.id else None
        else:
            flash(_("交给工会了，同意以后会员就能看到。"), "ok")
            return go(url_for("rewards.merchant_home"))
    page = render_template("rewards/offers/merchant_edit.html", form=form, merchant=merchant, offer=found)
    return page, 422 if form.problems else 200


@site.post("/merchant/offers/<int:offer_id>/withdraw")
def merchant_withdraw(offer_id: int) -> ResponseReturnValue:
    """Take an offer down."""
    found, form = _own(offer_id), ReasonForm()
    if form.accepted():
        services.withdraw(found, actor=current_actor(), now=clock.now())
        flash(_("撤下了，会员看不到了。"), "ok")
    return go(url_for("rewards.merchant_home"))
