"""The steps of a campaign: a conditional update decides who was first; components hear of it in the same unit of work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken, UnionHallError
from unionhall.base.text import tidy
from unionhall.campaigns import checking, counting, offered, pages, states
from unionhall.campaigns.models import OPEN, Campaign, State, Step
from unionhall.hooks.types import SYSTEM, Actor, Event
from unionhall.notices.services import notify
from unionhall.platform import access, audit, outbox

LONGEST_REASON = 400
log = structlog.get_logger("unionhall.campaigns")


def move(campaign: Campaign, action: str, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Take a step of `states.TRANSITIONS` with the campaign.

    Raises Conflict when it is no longer in that state, NotAllowed, RuleBroken when something is missing or a reason is; what a
    component's type raises in `moved` stops the step.
    """
    way, said = states.require(actor, action, campaign), tidy(reason, one_line=False)
    if way.reason and not said:
        raise RuleBroken(_("请写明原因。"), field="reason")
    if len(said) > LONGEST_REASON:
        raise RuleBroken(_("最多 %(max)d 个字。", max=LONGEST_REASON), field="reason")
    if way.complete:
        checking.require_complete(campaign, now)
    before = campaign.state
    _step(campaign, way, _values(campaign, way, said, actor, now), said, actor, now)
    offered.tell_moved(campaign, campaign.components, before, actor, now)
    if action in {"end", "publish"}:
        counting.count(campaign, now)
    if action == "publish":
        campaign.figures = counting.snapshot(campaign)
        db.session().flush()
    _tell(campaign, way, said, actor, now)
    pages.changed(campaign, now)
    if action == "approve" and campaign.starts_at and campaign.starts_at <= now:
        move(campaign, "start", actor=SYSTEM, now=now)


def run_due(now: datetime) -> int:
    """Start what is due and end what is over (the job); returns how many campaigns moved, each in a unit of work of its own."""
    return sum(_finish(campaign_id, now) for campaign_id in _due(now))


def _values(campaign: Campaign, way: states.Transition, reason: str, actor: Actor, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"reason": reason if way.reason else "", "held": ""}
    if way.action == "submit":
        values |= {"submitted_by": actor.account_id, "reviewed_by": None}
    elif way.action == "approve":
        values |= {"reviewed_by": actor.account_id, "shown_at": campaign.shown_at or now}
    elif way.action == "start":
        values |= {"starts_at": min(campaign.starts_at or now, now)}
    elif way.action in {"end", "cancel"}:
        values |= {"ended_at": now, "cancelled": way.action == "cancel"}
    return values


def _step(campaign: Campaign, way: states.Transition, values: dict[str, Any], reason: str, actor: Actor, now: datetime) -> None:
    before = campaign.state
    statement = update(Campaign).where(Campaign.id == campaign.id, Campaign.state == before).values(
        state=way.target.value, version=Campaign.version + 1, updated_at=now, **values
    )
    if way.complete:
        statement = statement.where(Campaign.version == campaign.version)
    if db.update_count(statement.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("活动的状态或内容刚刚变了，可能别人刚处理过。请刷新后再看。"))
    db.session().add(Step(
        campaign_id=campaign.id, action=way.action, from_state=before, to_state=way.target.value, account_id=actor.account_id, at=now,
        reason=reason,
    ))  # fmt: skip
    db.session().flush()
    db.session().refresh(campaign)
    audit.record(f"campaigns.{way.action}", f"campaign:{campaign.id}", actor=actor, now=now, org_id=campaign.org_id,
                 before=before, after=campaign.state)


def _tell(campaign: Campaign, way: states.Transition, reason: str, actor: Actor, now: datetime) -> None:
    outbox.publish(Event(f"campaigns.{way.action}", campaign.id, campaign.org_id, {"state": campaign.state}), now=now)
    people = {campaign.created_by, campaign.submitted_by} - {None, actor.account_id}
    if way.notice and people:
        values = {"title": campaign.title, "reason": reason, "who": actor.name or _("系统"), "when": f"{clock.local(now):%Y-%m-%d %H:%M}"}
        notify(
            way.notice, [item for item in people if item], values, key=f"{campaign.id}:{campaign.version}", now=now,
            url=f"/desk/campaigns/{campaign.id}/edit", org_id=campaign.org_id,
        )  # fmt: skip


def _due(now: datetime) -> list[int]:
    starting = select(Campaign.id).where(Campaign.state == State.SCHEDULED.value, Campaign.starts_at <= now).order_by(Campaign.starts_at)
    over = select(Campaign.id).where(Campaign.state.in_([state.value for state in OPEN]), Campaign.ends_at <= now)
    both = (starting, over.order_by(Campaign.ends_at))
    ids = [found for statement in both for found in db.session().scalars(access.unscoped(statement, why="due"))]
    db.session().rollback()
    return ids


def _finish(campaign_id: int, now: datetime) -> bool:
    """Do what is due; False when another worker was faster, or when a component stopped it: then the editors read why."""
    try:
        with db.unit_of_work():
            campaign = _due_campaign(campaign_id)
            action = _action(campaign, now)
            if campaign is None or not action:
                return False
            move(campaign, action, actor=SYSTEM, now=now)
            return True
    except Conflict:
        log.info("due campaign was handled elsewhere", campaign=campaign_id)
    except UnionHallError as error:
        _hold(campaign_id, str(error))
    except Exception:
        log.exception("due campaign did not move", campaign=campaign_id)
        _hold(campaign_id, _("一个组件出错了，请把时间告诉网站管理员。"))
    return False


def _action(campaign: Campaign | None, now: datetime) -> str:
    if campaign is None:
        return ""
    if campaign.state == State.SCHEDULED and campaign.starts_at and campaign.starts_at <= now:
        return "start"
    return "end" if campaign.state in OPEN and campaign.ends_at and campaign.ends_at <= now else ""


def _due_campaign(campaign_id: int) -> Campaign | None:
    statement = select(Campaign).where(Campaign.id == campaign_id).options(joinedload(Campaign.org), selectinload(Campaign.components))
    found: Campaign | None = db.session().scalar(access.unscoped(statement, why="due"))
    return found


def _hold(campaign_id: int, why: str) -> None:
    """Keep for the editors why a due step did not happen; it is tried again all the time."""
    statement = update(Campaign).where(Campaign.id == campaign_id, Campaign.held != why[:600]).values(held=why[:600])
    with db.unit_of_work():
        db.session().execute(statement.execution_options(synchronize_session=False))
