"""The campaign desk: list, new, copy, editor, preview, link and poster, history."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.accounts import queries as accounts
from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken, UnionHallError
from unionhall.base.text import tidy
from unionhall.base.web import fail, go
from unionhall.campaigns import copying, editor, queries, services, site, states
from unionhall.campaigns.desk_blueprint import bp
from unionhall.campaigns.forms import BasicsForm, CopyForm, basics_form, number, origin_of, sent
from unionhall.campaigns.models import Campaign
from unionhall.campaigns.queries import TABS, Filter
from unionhall.campaigns.services import ChangedMeanwhile
from unionhall.desk import scope
from unionhall.desk.forms import choices
from unionhall.desk.lists import Pager, export_url, page_number
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org
from unionhall.platform.access import can, current_actor, needs

PHONE, DESKTOP = 390, 1280


@bp.get("/")
@needs(states.READ)
def campaigns() -> ResponseReturnValue:
    """List campaigns by state, within the org that one works in."""
    actor, tab = current_actor(), request.args.get("tab", "all")
    if tab not in TABS:
        abort(400)
    wanted = Filter(
        tab=tab, search=tidy(request.args.get("q", ""))[:80], below=scope.current(actor), since=_day("since"), until=_day("until"),
        page=page_number(),
    )  # fmt: skip
    rows, total = queries.listed(actor, wanted)
    days = {name: request.args.get(name, "") for name in ("since", "until")}
    filters = {"tab": tab if tab != "all" else "", "q": wanted.search, **days}
    return render_template(
        "campaigns/desk_list.html", rows=rows, total=total, wanted=wanted, counts=queries.counts(actor, wanted), states=states,
        pager=Pager(wanted.page, total, queries.PAGE), may_edit=can(actor, states.EDIT), now=clock.now(),
        export=export_url("campaigns.list", filters), tabs=editor.tabs(),
    )  # fmt: skip


@bp.get("/new")
@needs(states.EDIT)
def new() -> ResponseReturnValue:
    """Ask for a name and a period, or offer what to start from."""
    return _new_page(basics_form(typed=False))


@bp.post("/new")
@needs(states.EDIT)
def create() -> ResponseReturnValue:
    """Make a draft, from nothing or from a template."""
    form, actor, now = basics_form(), current_actor(), clock.now()
    if not form.accepted():
        return _new_page(form), 200 if sent() else 422
    origin = origin_of(form, actor.account_id)
    if origin and (made := queries.by_origin(origin, actor)):
        return go(url_for("campaigns_desk.edit", campaign_id=made.id))
    try:
        org = _chosen_org(form.org_id.data, actor)
        if wanted := number(request.form.get("template")):
            source = queries.template(wanted, actor)
            title, starts_at = form.title.data or "", form.starts_at.data
            made = copying.copy(source, org, title=title, starts_at=starts_at, actor=actor, now=now, origin=origin)
        else:
            made = services.create(org, form.basics(), actor=actor, now=now, origin=origin)
    except UnionHallError as error:
        form.refuse(error)
        db.session().rollback()
        return _new_page(form), error.status
    flash(_("活动建好了。链接、二维码和海报现在就能用，页面要审批通过后读者才看得到。"), "ok")
    return go(url_for("campaigns_desk.edit", campaign_id=made.id))


@bp.get("/<int:campaign_id>/edit")
@needs(states.READ)
def edit(campaign_id: int) -> ResponseReturnValue:
    """Show the editor, or the campaign to read for those who may not change it now."""
    campaign = queries.get(campaign_id, current_actor())
    return editor.page(campaign, basics_form(campaign, typed=False))


@bp.post("/<int:campaign_id>/edit")
@needs(states.EDIT)
def save(campaign_id: int) -> ResponseReturnValue:
    """Save the basics; what somebody else saved meanwhile is shown beside what was typed, 409."""
    actor = current_actor()
    campaign = queries.get(campaign_id, actor)
    form = basics_form(campaign)
    if not form.accepted():
        return editor.page(campaign, form), 200 if sent() else 422
    try:
        services.save(campaign, form.basics(), version=number(form.version.data), actor=actor, now=clock.now())
    except ChangedMeanwhile as error:
        return _conflict(form, campaign_id, error)
    except UnionHallError as error:
        form.refuse(error)
        db.session().rollback()
        return editor.page(queries.get(campaign_id, actor), form), error.status
    flash(_("已保存。"), "ok")
    return go(url_for("campaigns_desk.edit", campaign_id=campaign_id))


@bp.get("/<int:campaign_id>/copy")
@needs(states.EDIT)
def copy_page(campaign_id: int) -> ResponseReturnValue:
    """Ask for the copy's name and start: a year later, unless one says otherwise."""
    source = queries.get(campaign_id, current_actor())
    form = CopyForm(formdata=None)
    form.title.data, form.starts_at.data = copying.next_title(source.title), copying.a_year_later(source.starts_at)
    form.org_id.data = source.org_id
    return _copy_page(source, form)


@bp.post("/<int:campaign_id>/copy")
@needs(states.EDIT)
def copy(campaign_id: int) -> ResponseReturnValue:
    """Copy a campaign, as a draft or as a template: settings come along, people do not."""
    actor, now = current_actor(), clock.now()
    source, form, template = queries.get(campaign_id, actor), CopyForm(), request.form.get("as") == "template"
    if not form.accepted():
        return _copy_page(source, form), 422
    origin = origin_of(form, actor.account_id)
    if origin and (made := queries.by_origin(origin, actor)):
        return go(url_for("campaigns_desk.edit", campaign_id=made.id))
    try:
        org = _chosen_org(form.org_id.data, actor)
        starts_at = None if template else form.starts_at.data
        title = form.title.data or ""
        made = copying.copy(source, org, title=title, starts_at=starts_at, actor=actor, now=now, template=template, origin=origin)
    except UnionHallError as error:
        form.refuse(error)
        db.session().rollback()
        return _copy_page(queries.get(campaign_id, actor), form), error.status
    flash(_("已存为模板，新建活动时可以选它。") if template else _("复制好了。请核对日期和各块的设置，参加的人没有带过来。"), "ok")
    return go(url_for("campaigns_desk.edit", campaign_id=made.id))


@bp.post("/<int:campaign_id>/template/remove")
@needs(states.EDIT)
def remove_template(campaign_id: int) -> ResponseReturnValue:
    """Put a template away."""
    actor = current_actor()
    services.remove_template(queries.get(campaign_id, actor), actor=actor, now=clock.now())
    flash(_("模板已移除。用它建的活动不受影响。"), "ok")
    return go(url_for("campaigns_desk.campaigns", tab="templates"))


@bp.get("/<int:campaign_id>/preview")
@needs(states.READ)
def preview(campaign_id: int) -> ResponseReturnValue:
    """Frame the public page at a phone's or a desktop's width."""
    campaign = queries.get(campaign_id, current_actor())
    width = DESKTOP if request.args.get("size") == "desktop" else PHONE
    return render_template("campaigns/desk_preview.html", campaign=campaign, width=width)


@bp.get("/<int:campaign_id>/preview/page")
@needs(states.READ)
def preview_page(campaign_id: int) -> ResponseReturnValue:
    """Show exactly the public page, with a word where something does not show."""
    return site.page(queries.get(campaign_id, current_actor()), clock.now(), preview=True)


@bp.get("/<int:campaign_id>/share")
@needs(states.READ)
def share(campaign_id: int) -> ResponseReturnValue:
    """Show the link, the QR code and the poster: there are all three as soon as there is a campaign."""
    return render_template("campaigns/desk_share.html", **editor.head(queries.get(campaign_id, current_actor())))


@bp.get("/<int:campaign_id>/qr.svg")
@needs(states.READ)
def qr(campaign_id: int) -> ResponseReturnValue:
    """Return the public address as a QR code."""
    return site.qr_code(queries.get(campaign_id, current_actor()))


@bp.get("/<int:campaign_id>/poster")
@needs(states.READ)
def poster(campaign_id: int) -> ResponseReturnValue:
    """Show a poster to print on A4."""
    return render_template("campaigns/desk_poster.html", campaign=queries.get(campaign_id, current_actor()))


@bp.get("/<int:campaign_id>/history")
@needs(states.READ)
def history(campaign_id: int) -> ResponseReturnValue:
    """Show what steps the campaign took, by whom and why."""
    campaign = queries.get(campaign_id, current_actor())
    steps = queries.steps(campaign)
    names = accounts.names({item.account_id for item in steps if item.account_id})
    return render_template("campaigns/desk_history.html", steps=steps, names=names, words=editor.action_words(), **editor.head(campaign))


def _new_page(form: BasicsForm) -> str:
    actor = current_actor()
    _offer_orgs(form, actor)
    form.key.data = form.key.data or secrets.token_hex(16)
    chosen = number(request.form.get("template") or request.args.get("template"))
    return render_template("campaigns/desk_new.html", form=form, templates=queries.templates(actor), chosen=chosen)


def _copy_page(source: Campaign, form: CopyForm) -> str:
    _offer_orgs(form, current_actor())
    form.key.data = form.key.data or secrets.token_hex(16)
    return render_template("campaigns/desk_copy.html", form=form, **editor.head(source))


def _conflict(form: BasicsForm, campaign_id: int, error: ChangedMeanwhile) -> ResponseReturnValue:
    """Show both: what was typed stays in the form, what stands now is beside it; saving again goes on top of theirs."""
    fail()
    db.session().rollback()
    theirs = queries.get(campaign_id, current_actor())
    form.version.data = str(theirs.version)
    form.version.raw_data = None
    form.form_errors.append(str(error))
    return editor.page(theirs, form, theirs=editor.differences(theirs, form)), error.status


def _offer_orgs(form: Any, actor: Any) -> None:
    found = editor.places(actor)
    form.org_id.choices = choices((org.id, org.name) for org in found)
    if not form.org_id.data and found:
        here = orgs.by_path(scope.current(actor))
        form.org_id.data = here.id if here in found else found[0].id


def _chosen_org(org_id: int | None, actor: Any) -> Org:
    org = db.session().get(Org, org_id or 0)
    if org is None or not org.active or not can(actor, states.EDIT, org):
        raise RuleBroken(_("请选择以哪个组织的名义办。"), field="org_id")
    return org


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        abort(400)
