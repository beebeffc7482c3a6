"""The steps of a campaign in the desk: review, start, pause, end, results, archive."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.base.web import fail, go
from unionhall.campaigns import counting, editor, moving, queries, services, states
from unionhall.campaigns.desk_blueprint import bp
from unionhall.campaigns.forms import MoveForm, ResultForm, number, sent
from unionhall.campaigns.models import OVER, Campaign, State
from unionhall.campaigns.services import ChangedMeanwhile
from unionhall.hooks.types import Text
from unionhall.platform.access import current_actor, needs


@bp.get("/<int:campaign_id>/move/<action>")
@needs(states.READ)
def step_page(campaign_id: int, action: str) -> ResponseReturnValue:
    """Say what a step does and ask for its reason."""
    campaign = queries.get(campaign_id, current_actor())
    if action not in states.TRANSITIONS:
        abort(404)
    form = MoveForm(formdata=None)
    return _page(campaign, action, form)


@bp.post("/<int:campaign_id>/move/<action>")
@needs(states.READ)
def step(campaign_id: int, action: str) -> ResponseReturnValue:
    """Take a step; what is refused is shown with what was typed."""
    actor = current_actor()
    campaign = queries.get(campaign_id, actor)
    if action not in states.TRANSITIONS:
        abort(404)
    form = MoveForm()
    try:
        moving.move(campaign, action, actor=actor, now=clock.now(), reason=form.reason.data or "")
    except UnionHallError as error:
        fail()
        db.session().rollback()
        form.refuse(error)
        return _page(queries.get(campaign_id, actor), action, form), error.status
    flash(_done()[action], "ok")
    return go(url_for("campaigns_desk.edit", campaign_id=campaign_id))


@bp.get("/<int:campaign_id>/results")
@needs(states.READ)
def results(campaign_id: int) -> ResponseReturnValue:
    """Show the text of the result page and the figures that go with it."""
    campaign = _over(campaign_id)
    form = ResultForm(formdata=None, obj=campaign)
    form.version.data = str(campaign.version)
    return _result_page(campaign, form)


@bp.post("/<int:campaign_id>/results")
@needs(states.RUN)
def keep_results(campaign_id: int) -> ResponseReturnValue:
    """Keep the text, and publish it when the button says so."""
    actor, now = current_actor(), clock.now()
    campaign, form = _over(campaign_id), ResultForm()
    if not form.accepted():
        return _result_page(campaign, form), 200 if sent() else 422
    try:
        services.set_result(campaign, form.result.data or "", version=number(form.version.data), actor=actor, now=now)
        if request.form.get("then") == "publish" and campaign.state == State.ENDED:
            moving.move(campaign, "publish", actor=actor, now=now)
    except UnionHallError as error:
        fail()
        db.session().rollback()
        campaign = queries.get(campaign_id, actor)
        theirs = campaign.result if isinstance(error, ChangedMeanwhile) else ""
        if theirs:
            form.version.data, form.version.raw_data = str(campaign.version), None
        form.refuse(error)
        return _result_page(campaign, form, theirs), error.status
    flash(_("结果已公布。") if request.form.get("then") == "publish" else _("已保存。"), "ok")
    return go(url_for("campaigns_desk.results", campaign_id=campaign_id))


def _page(campaign: Campaign, action: str, form: MoveForm) -> str:
    way = states.TRANSITIONS[action]
    may = states.may(current_actor(), action, campaign)
    return render_template(
        "campaigns/desk_move.html", form=form, way=way, may=may, what=_effects()[action], own=states.is_author(current_actor(), campaign),
        **editor.head(campaign),
    )  # fmt: skip


def _result_page(campaign: Campaign, form: ResultForm, theirs: str = "") -> str:
    may_publish = states.may(current_actor(), "publish", campaign)
    shown = campaign.figures if campaign.state == State.PUBLISHED else counting.snapshot(campaign)
    return render_template(
        "campaigns/desk_results.html", form=form, figures=shown, may_publish=may_publish, theirs=theirs, **editor.head(campaign),
        **editor.rich(campaign),
    )  # fmt: skip


def _over(campaign_id: int) -> Campaign:
    campaign = queries.get(campaign_id, current_actor())
    if campaign.state not in OVER:
        abort(404)
    return campaign


def _effects() -> dict[str, Text]:
    """Return what each step does, as one reads it before taking it."""
    return {
        "submit": _("审批人会看到它。等待期间不能再改，要改可以先撤回。"), "recall": _("回到草稿，可以接着改。"),
        "return": _("退回给做的人去改，读者看不到页面。原因会通知到人。"),
        "approve": _("到了开始时间，页面自动变成“进行中”；在那之前读者看到“即将开始”。"),
        "start": _("不等开始时间，现在就开始。"), "pause": _("页面留着，上面写明暂停和原因；期间不能参加。"),
        "resume": _("去掉暂停的说明，可以接着参加。"), "end": _("不再接受参加，页面留着。之后可以公布结果。"),
        "publish": _("读者会看到结果说明和下面的数字。数字按现在的统计定下来，以后不再变。"),
        "cancel": _("活动不办了。页面上写明取消和原因，不能恢复。"), "archive": _("从列表里拿掉；办过的活动，原网址还能打开。"),
    }  # fmt: skip


def _done() -> dict[str, str]:
    return {
        "submit": _("已送审。"), "recall": _("已撤回，可以接着改。"), "return": _("已退回。"), "approve": _("已通过，按时自动开始。"),
        "start": _("已开始。"), "pause": _("已暂停，读者会看到原因。"), "resume": _("已恢复。"), "end": _("已结束。可以写结果了。"),
        "publish": _("结果已公布。"), "cancel": _("活动已取消，读者会看到原因。"), "archive": _("已归档。"),
    }  # fmt: skip
