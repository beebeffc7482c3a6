"""The components of a campaign: added, set, ordered, hidden, removed, copied. Their types hear of it in the same unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.campaigns import offered, pages, states
from unionhall.campaigns.models import Campaign, Component, Counts, State, Step
from unionhall.campaigns.services import ChangedMeanwhile
from unionhall.hooks.components import ComponentType
from unionhall.hooks.types import Actor
from unionhall.platform import audit

MOST = 100
TITLE = 80


def add(
    campaign: Campaign, kind: str, *, actor: Actor, now: datetime, title: str | None = None, config: Mapping[str, Any] | None = None
) -> Component:
    """Return a new component at the end of the page, called like its kind unless it is given a title (perhaps an empty one).

    Raises NotFound for an unknown kind, RuleBroken for a second one of a kind that may stand there once, or over MOST.
    """
    states.require_edit(actor, campaign)
    _lock(campaign, now)
    found = offered.types().get(kind)
    if found is None:
        raise NotFound()
    present = _fresh(campaign)
    if len(present) >= MOST:
        raise RuleBroken(_("一个活动最多 %(max)d 块内容。请先移除用不上的。", max=MOST))
    if found.once and any(item.kind == kind for item in present):
        raise RuleBroken(_("“%(kind)s”一个活动只能有一块。", kind=found.label))
    component = _insert(campaign, kind, str(found.label) if title is None else title, dict(config or {}))
    _tell_added(campaign, component, found, actor, now)
    _done(campaign, "added", component, actor, now)
    return component


def configure(
    campaign: Campaign, component: Component, *, title: str, config: Mapping[str, Any], hidden: bool, counts: str = "", version: int,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Keep a component's settings on top of the version that the page was opened with.

    Raises ChangedMeanwhile when somebody else saved since, RuleBroken for a setting that is frozen once the campaign ran.
    """
    states.require_edit(actor, campaign)
    clean = tidy(title)
    if len(clean) > TITLE:
        raise RuleBroken(_("最多 %(max)d 个字。", max=TITLE), field="component_title")
    if counts not in set(Counts):
        raise RuleBroken(_("请选择怎么计入目标。"), field="component_counts")
    _lock(campaign, now)
    merged = {**component.config, **config}  # its type may keep more than its form shows
    if campaign.ran:
        _check_frozen(offered.of(component), component.config, merged)
    if counts:
        others = update(Component).where(Component.campaign_id == campaign.id, Component.id != component.id, Component.counts != "")
        db.session().execute(others.values(counts="").execution_options(synchronize_session=False))
    values = {"title": clean, "config": merged, "hidden": hidden, "counts": counts, "version": version + 1}
    mine = update(Component).where(Component.id == component.id, Component.version == version)
    if db.update_count(mine.values(**values).execution_options(synchronize_session=False)) != 1:
        raise ChangedMeanwhile(_("你打开这一页以后，别人改过这一块。下面是两份设置，你填的都还在。"))
    db.session().refresh(component)
    _done(campaign, "set", component, actor, now)


def keep_config(component: Component, config: Mapping[str, Any]) -> None:
    """Keep what a component's type made of its settings, in the unit of work that is open."""
    component.config = dict(config)
    db.session().flush()


def move(campaign: Campaign, component: Component, step: int, *, actor: Actor, now: datetime) -> None:
    """Move a component up (-1) or down (1); at the end nothing happens."""
    states.require_edit(actor, campaign)
    _lock(campaign, now)
    ids = [item.id for item in _fresh(campaign)]
    at = ids.index(component.id) if component.id in ids else 0
    if component.id in ids and 0 <= at + step < len(ids):
        ids[at], ids[at + step] = ids[at + step], ids[at]
        _place(ids)
        _done(campaign, "moved", component, actor, now)


def order(campaign: Campaign, ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Put the components in this order. Raises Conflict when somebody added or removed one meanwhile."""
    states.require_edit(actor, campaign)
    _lock(campaign, now)
    present = [item.id for item in _fresh(campaign)]
    if sorted(present) != sorted(ids):
        raise Conflict(_("别人刚刚加了或移除了一块。请刷新后再排。"))
    if list(ids) != present:
        _place(ids)
        _done(campaign, "ordered", None, actor, now)


def hide(campaign: Campaign, component: Component, *, hidden: bool, actor: Actor, now: datetime) -> None:
    """Take a component from readers' eyes, or show it again; nothing it holds is lost."""
    states.require_edit(actor, campaign)
    _lock(campaign, now)
    component.hidden = hidden
    component.version += 1
    _done(campaign, "hidden" if hidden else "shown", component, actor, now)


def remove(campaign: Campaign, component: Component, *, actor: Actor, now: datetime) -> None:
    """Take a component away for good. Raises RuleBroken when its type refuses (people took part), or while its plugin is off."""
    states.require_edit(actor, campaign)
    _lock(campaign, now)
    kind = offered.of(component)
    if kind is None and campaign.ran:
        raise RuleBroken(_("它的插件没有启用，看不出有没有人参加过，不能移除。可以先隐藏。"))
    if kind is not None and kind.removed is not None:
        kind.removed(offered.view(campaign, component), actor, now)
    number = db.update_count(delete(Component).where(Component.id == component.id))
    if number != 1:
        raise Conflict(_("别人刚刚移除了这一块。"))
    _done(campaign, "removed", component, actor, now)


def copy_all(source: Campaign, target: Campaign, *, actor: Actor, now: datetime) -> None:
    """Copy the components of a campaign into a new one: settings, never people. What no plugin offers now is copied hidden."""
    for item in source.components:
        kind = offered.of(item)
        once = _insert(target, item.kind, item.title, {}, hidden=item.hidden or kind is None, counts=item.counts)
        if kind is None:
            keep_config(once, item.config)
        elif kind.copied is not None:
            keep_config(once, kind.copied(offered.view(source, item), offered.view(target, once), actor, now))
        else:
            keep_config(once, item.config)
            _tell_added(target, once, kind, actor, now)
    _fresh(target)
    pages.note_media(target)


def _tell_added(campaign: Campaign, component: Component, kind: ComponentType, actor: Actor, now: datetime) -> None:
    if kind.added is not None:
        keep_config(component, kind.added(offered.view(campaign, component), actor, now))


def _insert(
    campaign: Campaign, kind: str, title: str, config: Mapping[str, Any], *, hidden: bool = False, counts: str = ""
) -> Component:
    last = db.session().scalar(select(func.max(Component.position)).where(Component.campaign_id == campaign.id)) or 0
    component = Component(
        campaign_id=campaign.id, position=last + 1, kind=kind, title=tidy(title)[:TITLE], config=dict(config), hidden=hidden, counts=counts,
    )  # fmt: skip
    db.session().add(component)
    db.session().flush()
    return component


def _check_frozen(kind: ComponentType | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if kind is None or not kind.frozen:
        return
    keys = {*before, *after} if kind.frozen is True else set(kind.frozen)  # type: ignore[arg-type]  # a tuple of names
    if changed := sorted(key for key in keys if before.get(key) != after.get(key)):
        raise RuleBroken(_("活动已经开始，这一项不能再改：已经有人按原来的规则参加了。"), field=changed[0])


def _lock(campaign: Campaign, now: datetime) -> None:
    """Hold the campaign while its components change. Raises Conflict when it moved to another state meanwhile."""
    statement = update(Campaign).where(Campaign.id == campaign.id, Campaign.state == campaign.state).values(updated_at=now)
    if db.update_count(statement.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("活动的状态已经变了，可能别人刚处理过。请刷新后再看。"))


def _fresh(campaign: Campaign) -> list[Component]:
    db.session().expire(campaign, ["components"])
    return list(campaign.components)


def _place(ids: Sequence[int]) -> None:
    for position, component_id in enumerate(ids, 1):
        db.session().execute(update(Component).where(Component.id == component_id).values(position=position))


def _done(campaign: Campaign, act: str, component: Component | None, actor: Actor, now: datetime) -> None:
    db.session().flush()
    _fresh(campaign)
    if campaign.state in {State.SCHEDULED, State.RUNNING, State.PAUSED}:
        db.session().add(Step(
            campaign_id=campaign.id, action="change", from_state=campaign.state, to_state=campaign.state, account_id=actor.account_id,
            at=now, reason=f"{act}: {component.title}"[:600] if component is not None else act,
        ))  # fmt: skip
        db.session().flush()
    audit.record(f"campaigns.component_{act}", f"campaign:{campaign.id}", actor=actor, now=now, org_id=campaign.org_id,
                 component=component.id if component is not None else None)
    pages.changed(campaign, now)
