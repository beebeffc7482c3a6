"""The ways of a campaign as one table: from, to, permission, guard, notice. Buttons, services, help and tests all ask it.

Basis: features.md section 11, rule 5 (states are declared as tables); the reviewer is never the author (four eyes).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.base.errors import Conflict, NotAllowed
from unionhall.campaigns.models import Campaign, State
from unionhall.hooks.types import Actor, Permission, Role, Text
from unionhall.platform import access

READ, EDIT, APPROVE, RUN = "campaigns.read", "campaigns.edit", "campaigns.approve", "campaigns.run"
_EDITORS = (Role.EDITOR, Role.CHIEF_EDITOR)
PERMISSIONS = (
    Permission(READ, _l("看本组织及下级的活动"), (*_EDITORS, Role.ORG_ADMIN, Role.AUDITOR)),
    Permission(EDIT, _l("新建和修改活动"), _EDITORS),
    Permission(APPROVE, _l("审批活动"), (Role.CHIEF_EDITOR,)),
    Permission(RUN, _l("暂停、恢复、结束活动，公布结果和归档"), _EDITORS),
)
NAMES: dict[State, Text] = {
    State.DRAFT: _l("草稿"), State.REVIEW: _l("待审"), State.RETURNED: _l("已退回"), State.SCHEDULED: _l("待开始"),
    State.RUNNING: _l("进行中"), State.PAUSED: _l("已暂停"), State.ENDED: _l("已结束"), State.PUBLISHED: _l("已公布结果"),
    State.ARCHIVED: _l("已归档"),
}  # fmt: skip
CHIPS = {
    State.DRAFT: "", State.REVIEW: "chip--warn", State.RETURNED: "chip--bad", State.SCHEDULED: "chip--info",
    State.RUNNING: "chip--ok", State.PAUSED: "chip--warn", State.ENDED: "", State.PUBLISHED: "", State.ARCHIVED: "",
}  # fmt: skip


@dataclass(frozen=True)
class Transition:
    """One way. `others` says that neither author nor submitter may take it; `complete` that nothing may be missing;
    `reason` that a reason must be given; `notice` is the kind of notice that the author and the submitter get.
    """

    action: str
    label: Text
    sources: tuple[State, ...]
    target: State
    permission: str
    others: bool = False
    complete: bool = False
    reason: bool = False
    notice: str = ""


TRANSITIONS = {
    way.action: way
    for way in (
        Transition("submit", _l("送审"), (State.DRAFT, State.RETURNED), State.REVIEW, EDIT, complete=True),
        Transition("recall", _l("撤回送审"), (State.REVIEW,), State.DRAFT, EDIT),
        Transition("return", _l("退回修改"), (State.REVIEW, State.SCHEDULED), State.RETURNED, APPROVE, reason=True,
                   notice="campaigns.returned"),
        Transition("approve", _l("通过并排期"), (State.REVIEW,), State.SCHEDULED, APPROVE, others=True, complete=True,
                   notice="campaigns.approved"),
        Transition("start", _l("现在开始"), (State.SCHEDULED,), State.RUNNING, RUN, notice="campaigns.started"),
        Transition("pause", _l("暂停"), (State.RUNNING,), State.PAUSED, RUN, reason=True),
        Transition("resume", _l("恢复"), (State.PAUSED,), State.RUNNING, RUN),
        Transition("end", _l("结束"), (State.RUNNING, State.PAUSED), State.ENDED, RUN, notice="campaigns.ended"),
        Transition("publish", _l("公布结果"), (State.ENDED,), State.PUBLISHED, RUN),
        Transition("cancel", _l("取消活动"), (State.SCHEDULED, State.RUNNING, State.PAUSED), State.ARCHIVED, RUN, reason=True,
                   notice="campaigns.cancelled"),
        Transition("archive", _l("归档"), (State.DRAFT, State.RETURNED, State.ENDED, State.PUBLISHED), State.ARCHIVED, RUN),
    )
}  # fmt: skip
EDITABLE: dict[State, str] = {
    State.DRAFT: EDIT, State.RETURNED: EDIT, State.SCHEDULED: APPROVE, State.RUNNING: EDIT, State.PAUSED: EDIT,
}  # fmt: skip


def may_read(actor: Actor, campaign: Campaign) -> bool:
    """Say whether the actor may open the campaign in the desk."""
    return access.can(actor, READ, campaign.org)


def may_edit(actor: Actor, campaign: Campaign) -> bool:
    """Say whether the actor may change basics and components now: what was approved, only who may approve."""
    permission = EDITABLE.get(State(campaign.state))
    return permission is not None and access.can(actor, permission, campaign.org)


def is_author(actor: Actor, campaign: Campaign) -> bool:
    """Say whether the actor made the campaign or sent it for review."""
    return actor.account_id is not None and actor.account_id in {campaign.created_by, campaign.submitted_by}


def may(actor: Actor, action: str, campaign: Campaign) -> bool:
    """Say whether the actor may take this step now."""
    way = TRANSITIONS[action]
    if campaign.is_template or State(campaign.state) not in way.sources:
        return False
    if way.others and is_author(actor, campaign):
        return False
    return access.can(actor, way.permission, campaign.org)


def open_ways(actor: Actor, campaign: Campaign) -> list[Transition]:
    """Return the steps that the actor may take now, for the buttons."""
    return [way for way in TRANSITIONS.values() if may(actor, way.action, campaign)]


def require(actor: Actor, action: str, campaign: Campaign) -> Transition:
    """Return the way. Raises Conflict when the state does not allow it, NotAllowed when the actor may not take it."""
    way = TRANSITIONS[action]
    if campaign.is_template or State(campaign.state) not in way.sources:
        raise Conflict(_("活动的状态已经变了，可能别人刚处理过。请刷新后再看。"))
    if way.others and is_author(actor, campaign):
        raise NotAllowed(_("自己做的活动不能自己批。请另一位审批人来看。"))
    if not access.can(actor, way.permission, campaign.org):
        raise NotAllowed(_("你没有做这件事的权限。如果工作需要，请联系本级组织管理员。"))
    return way


def require_edit(actor: Actor, campaign: Campaign) -> None:
    """Raise Conflict when the campaign may not be changed in its state, NotAllowed when the actor may not do it."""
    permission = EDITABLE.get(State(campaign.state))
    if permission is None:
        raise Conflict(_("活动现在是“%(state)s”，不能修改。要改，请先撤回或退回。", state=NAMES[State(campaign.state)]))
    access.require(actor, permission, campaign.org)
