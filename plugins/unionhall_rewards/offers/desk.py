"""The desk's merchants and offers."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Org,
    Pager,
    RuleBroken,
    UnionHallError,
    account_id_of,
    account_logins,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    media_assets,
    needs,
    org_by_path,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.offers import labels, queries, services
from unionhall_rewards.offers.forms import MerchantForm, OfferForm, ReasonForm
from unionhall_rewards.offers.models import Merchant, Offer


def _here() -> Org:
    org = org_by_path(desk_scope(current_actor()))
    if org is None or not can(current_actor(), rights.OFFERS, org):
        abort(404)
    return org


@desk.get("/offers/")
@needs(rights.READ)
def offers() -> ResponseReturnValue:
    """List the offers in the scope, those that wait first."""
    actor, page, state = current_actor(), page_number(), request.args.get("state", "")
    state = state if state in labels.STATES else ""
    rows, total = queries.offers(actor, desk_scope(actor), state=state, page=page)
    return render_template(
        "rewards/offers/desk_list.html", rows=rows, pager=Pager(page, total, queries.SIZE), total=total, state=state, states=labels.STATES,
        uses=queries.uses([row.id for row in rows]), today=clock.local_day(clock.now()), may=can(actor, rights.OFFERS, desk_scope(actor)),
        export=export_url("rewards.offers", {"state": state}),
    )  # fmt: skip


@desk.get("/merchants/")
@needs(rights.READ)
def merchants() -> ResponseReturnValue:
    """List the merchants in the scope."""
    actor = current_actor()
    rows = queries.merchants(actor, desk_scope(actor))
    return render_template(
        "rewards/offers/desk_merchants.html", rows=rows, trades=labels.TRADES, today=clock.local_day(clock.now()),
        may=can(actor, rights.OFFERS, desk_scope(actor)),
    )  # fmt: skip


@desk.route("/merchants/new", methods=["GET", "POST"])
@needs(rights.OFFERS)
def new_merchant() -> ResponseReturnValue:
    """Add a merchant of the org that one works in."""
    return _edit_merchant(_here(), None)


@desk.route("/merchants/<int:merchant_id>/", methods=["GET", "POST"])
@needs(rights.OFFERS)
def merchant(merchant_id: int) -> ResponseReturnValue:
    """Change a merchant."""
    found = queries.merchant(merchant_id, current_actor())
    return _edit_merchant(found.org, found)


def _edit_merchant(org: Org, found: Merchant | None) -> ResponseReturnValue:
    form = MerchantForm(obj=found, login=_login(found))
    if not form.is_submitted() and found is None:
        form.starts_on.data = clock.local_day(clock.now())
    if form.accepted():
        try:
            account_id = _account(form.login.data or "")
            services.keep_merchant(
                found, org, form.fields(account_id), actor=current_actor(), now=clock.now(), version=_version(form.version.data)
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("商户保存好了。"), "ok")
            return go(url_for("rewards_desk.merchants"))
    rows = queries.offers_of([found.id]) if found and found.id else []
    page = render_template("rewards/offers/desk_merchant.html", form=form, merchant=found, org=org, rows=rows, states=labels.STATES)
    return page, 422 if form.problems else 200


def _login(found: Merchant | None) -> str:
    return account_logins({found.account_id}).get(found.account_id, "") if found and found.account_id else ""


def _account(login: str) -> int | None:
    if not login.strip():
        return None
    found = account_id_of(login)
    if found is None:
        raise RuleBroken(_("没有叫“%(name)s”的账号。先在“账号”里给商户建一个，再填登录名。", name=login.strip()), field="login")
    return found


def _version(typed: str | None) -> int:
    return int(typed) if typed and typed.isdecimal() and len(typed) < 9 else 0


@desk.route("/merchants/<int:merchant_id>/offers/new", methods=["GET", "POST"])
@needs(rights.OFFERS)
def new_offer(merchant_id: int) -> ResponseReturnValue:
    """Write an offer of a merchant."""
    return _edit_offer(queries.merchant(merchant_id, current_actor()), None)


@desk.route("/offers/<int:offer_id>/edit", methods=["GET", "POST"])
@needs(rights.OFFERS)
def edit_offer(offer_id: int) -> ResponseReturnValue:
    """Change an offer; one that was approved waits for somebody else's yes again."""
    found = queries.offer(offer_id, current_actor(), rights.OFFERS)
    return _edit_offer(found.merchant, found)


def _edit_offer(merchant: Merchant, found: Offer | None) -> ResponseReturnValue:
    form = OfferForm(obj=found)
    form.org_id = merchant.org_id
    if not form.is_submitted() and found is None:
        form.since.data = clock.local_day(clock.now())
    if form.accepted():
        try:
            made = services.write(
                found, merchant, form.fields(), actor=current_actor(), now=clock.now(), version=_version(form.version.data)
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
        else:
            flash(_("保存好了。"), "ok")
            return go(url_for("rewards_desk.offer", offer_id=made.id))
    page = render_template("rewards/offers/desk_edit.html", form=form, offer=found, merchant=merchant)
    return page, 422 if form.problems else 200


@desk.get("/offers/<int:offer_id>/")
@needs(rights.READ)
def offer(offer_id: int) -> ResponseReturnValue:
    """Show an offer, what may be done with it, and how it is used."""
    return _page(queries.offer(offer_id, current_actor()), ReasonForm(formdata=None))


def _page(found: Offer, form: ReasonForm) -> str:
    actor = current_actor()
    return render_template(
        "rewards/offers/desk_offer.html", offer=found, form=form, states=labels.STATES, trades=labels.TRADES,
        uses=queries.uses([found.id]).get(found.id), may=can(actor, rights.OFFERS, found.org), own=found.written_by == actor.account_id,
        names=account_names({item for item in (found.written_by, found.approved_by) if item}),
        pictures=media_assets([found.picture_id]) if found.picture_id else {},
    )  # fmt: skip


def _act(offer_id: int, act: Callable[[Offer], None], done: str) -> ResponseReturnValue:
    found, form = queries.offer(offer_id, current_actor(), rights.OFFERS), ReasonForm()
    if form.accepted():
        try:
            act(found)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            return _page(queries.offer(offer_id, current_actor()), form), error.status
        flash(done, "ok")
        return go(url_for("rewards_desk.offer", offer_id=offer_id))
    return _page(queries.offer(offer_id, current_actor()), form), 422


@desk.post("/offers/<int:offer_id>/submit")
@needs(rights.OFFERS)
def submit_offer(offer_id: int) -> ResponseReturnValue:
    """Send an offer to somebody else for the yes."""
    return _act(offer_id, lambda row: services.submit(row, actor=current_actor(), now=clock.now()), _("送审了，要另一位同事同意。"))


@desk.post("/offers/<int:offer_id>/approve")
@needs(rights.OFFERS)
def approve_offer(offer_id: int) -> ResponseReturnValue:
    """Let members see an offer."""
    return _act(offer_id, lambda row: services.approve(row, actor=current_actor(), now=clock.now()), _("同意了，会员现在就能看到。"))


@desk.post("/offers/<int:offer_id>/return")
@needs(rights.OFFERS)
def return_offer(offer_id: int) -> ResponseReturnValue:
    """Return an offer with a reason."""
    reason, done = request.form.get("reason", ""), _("退回了，商户能看到原因。")
    return _act(offer_id, lambda row: services.give_back(row, reason, actor=current_actor(), now=clock.now()), done)


@desk.post("/offers/<int:offer_id>/withdraw")
@needs(rights.OFFERS)
def withdraw_offer(offer_id: int) -> ResponseReturnValue:
    """Take an offer down."""
    return _act(offer_id, lambda row: services.withdraw(row, actor=current_actor(), now=clock.now()), _("撤下了，会员看不到了。"))
