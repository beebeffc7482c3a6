"""What campaigns keep of a plugin that is purged: its components and their figures."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.campaigns.models import Campaign, Component, Count, State
from unionhall.platform.access import unscoped
from unionhall.platform.naming import of_plugin

GOING_ON = (State.SCHEDULED.value, State.RUNNING.value, State.PAUSED.value)


def forget(name: str) -> None:
    """Remove the plugin's components. Raises RuleBroken while a campaign that goes on has one."""
    users = select(Component.campaign_id).where(of_plugin(Component.kind, name))
    titles = select(Campaign.title).where(Campaign.id.in_(users), Campaign.state.in_(GOING_ON)).order_by(Campaign.id).limit(5)
    if found := list(db.session().scalars(unscoped(titles, why="purging a plugin"))):
        told = _("这些活动还在用它的内容：%(titles)s。先结束活动，或者从活动里去掉这一块。", titles="、".join(found))
        raise RuleBroken(told, code="plugin-in-use")
    mine = select(Component.id).where(of_plugin(Component.kind, name))
    db.session().execute(delete(Count).where(Count.component_id.in_(mine)).execution_options(synchronize_session=False))
    gone = delete(Component).where(of_plugin(Component.kind, name))
    db.session().execute(gone.execution_options(synchronize_session=False))
