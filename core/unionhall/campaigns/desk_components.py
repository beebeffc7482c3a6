"""The components of a campaign in the desk: add, order, set, hide, remove."""

from __future__ import annotations

import re

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken, UnionHallError
from unionhall.base.web import fail, go
from unionhall.campaigns import components, counting, editor, offered, queries, states
from unionhall.campaigns.desk_blueprint import bp
from unionhall.campaigns.forms import config_of, number, own_fields, sent, settings_form
from unionhall.campaigns.models import Campaign, Component
from unionhall.campaigns.services import ChangedMeanwhile
from unionhall.desk.forms import DeskForm
from unionhall.platform.access import current_actor, needs

ACT = re.compile(r"(up|down|hide|show|remove):(\d{1,9})")


@bp.post("/<int:campaign_id>/components")
@needs(states.EDIT)
def add(campaign_id: int) -> ResponseReturnValue:
    """Add a component at the end, and go on to its settings."""
    actor = current_actor()
    campaign = queries.get(campaign_id, actor)
    try:
        made = components.add(campaign, request.form.get("kind", "")[:80], actor=actor, now=clock.now())
    except (RuleBroken, Conflict) as error:
        return _back(campaign_id, error)
    kind = offered.of(made)
    target = offered.setup_url(campaign, made) if kind is not None and kind.form is None else ""
    return go(target or url_for("campaigns_desk.settings", campaign_id=campaign_id, component_id=made.id))


@bp.post("/<int:campaign_id>/components/order")
@needs(states.EDIT)
def order(campaign_id: int) -> ResponseReturnValue:
    """Move, hide, show or remove one, or keep the order in which they were dragged."""
    actor, now = current_actor(), clock.now()
    campaign = queries.get(campaign_id, actor)
    try:
        if asked := request.form.get("act"):
            _one(campaign, asked)
        else:
            components.order(campaign, [number(text) for text in request.form.getlist("ids")[: 2 * components.MOST]], actor=actor, now=now)
            flash(_("顺序已保存。"), "ok")
    except (RuleBroken, Conflict) as error:
        return _back(campaign_id, error)
    return go(url_for("campaigns_desk.edit", campaign_id=campaign_id, _anchor="h-b"))


@bp.get("/<int:campaign_id>/components/<int:component_id>")
@needs(states.READ)
def settings(campaign_id: int, component_id: int) -> ResponseReturnValue:
    """Show a component's settings."""
    campaign = queries.get(campaign_id, current_actor())
    component = queries.component(campaign, component_id)
    return _page(campaign, component, settings_form(campaign, component, offered.of(component)))


@bp.post("/<int:campaign_id>/components/<int:component_id>")
@needs(states.EDIT)
def configure(campaign_id: int, component_id: int) -> ResponseReturnValue:
    """Keep a component's settings; what somebody else saved meanwhile is shown beside what was typed, 409."""
    actor = current_actor()
    campaign = queries.get(campaign_id, actor)
    component = queries.component(campaign, component_id)
    kind = offered.of(component)
    if kind is None:
        raise Conflict(_("提供“%(kind)s”的插件没有启用，现在不能改设置。", kind=component.kind))
    form = settings_form(campaign, component, kind)
    _offer(campaign, form)
    if not form.accepted():
        return _page(campaign, component, form), 200 if sent() else 422
    given = form.data
    try:
        components.configure(
            campaign, component, title=given["component_title"] or "", config=config_of(form, kind), hidden=bool(given["component_hidden"]),
            counts=given["component_counts"] or "", version=number(given["component_version"]), actor=actor, now=clock.now(),
        )  # fmt: skip
    except UnionHallError as error:
        return _refused(form, campaign_id, component_id, error)
    flash(_("已保存。"), "ok")
    return go(url_for("campaigns_desk.edit", campaign_id=campaign_id, _anchor="h-b"))


def _one(campaign: Campaign, asked: str) -> None:
    found = ACT.fullmatch(asked)
    if found is None:
        abort(400)
    actor, now, act = current_actor(), clock.now(), found[1]
    component = queries.component(campaign, int(found[2]))
    name = component.title
    if act in {"up", "down"}:
        components.move(campaign, component, -1 if act == "up" else 1, actor=actor, now=now)
    elif act == "remove":
        components.remove(campaign, component, actor=actor, now=now)
        flash(_("“%(name)s”已移除。", name=name), "ok")
    else:
        components.hide(campaign, component, hidden=act == "hide", actor=actor, now=now)
        flash(_("“%(name)s”先不显示，设置都还在。", name=name) if act == "hide" else _("“%(name)s”又显示了。", name=name), "ok")


def _page(campaign: Campaign, component: Component, form: DeskForm, theirs: list[tuple[str, str]] | None = None) -> str:
    _offer(campaign, form)
    kind = offered.of(component)
    return render_template(
        "campaigns/desk_component.html", form=form, component=component, block=editor.block(campaign, component), kind=kind,
        fields=own_fields(form), counts=kind is not None and kind.figures is not None, theirs=theirs or [],
        frozen=campaign.ran and kind is not None and bool(kind.frozen), **editor.head(campaign), **editor.rich(campaign),
    )  # fmt: skip


def _offer(campaign: Campaign, form: DeskForm) -> None:
    """Give a form that asks for one of the campaign's figures the figures that there are."""
    offer = getattr(form, "offer_figures", None)
    if offer is not None:
        names = dict.fromkeys(item.name for item in counting.kept(campaign.id))
        offer([("", _("计入目标的第一个数字")), *((name, name) for name in names)])


def _refused(form: DeskForm, campaign_id: int, component_id: int, error: UnionHallError) -> ResponseReturnValue:
    """Show the form with what was typed; after somebody else's save with what stands now beside it."""
    fail()
    db.session().rollback()
    campaign = queries.get(campaign_id, current_actor())
    component = queries.component(campaign, component_id)
    theirs = []
    if isinstance(error, ChangedMeanwhile):
        version = form._fields["component_version"]
        version.data, version.raw_data = str(component.version), None
        kept = component.config
        theirs = [(_("标题"), component.title)]
        theirs += [(str(field.label.text), str(kept.get(field.short_name, ""))[:2000]) for field in own_fields(form)]
    form.refuse(error)
    return _page(campaign, component, form, theirs), error.status


def _back(campaign_id: int, error: UnionHallError) -> ResponseReturnValue:
    fail()
    flash(str(error), "bad")
    return go(url_for("campaigns_desk.edit", campaign_id=campaign_id, _anchor="h-b"))
