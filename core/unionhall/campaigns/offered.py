"""The kinds of components that the core and plugins offer, asked for by hook; what is shown is isolated one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import g, has_request_context
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.campaigns.models import Campaign, Component
from unionhall.hooks.components import ComponentType, ComponentView, Figure
from unionhall.hooks.types import Actor
from unionhall.host.registry import host, isolated

_T = TypeVar("_T")


def types() -> dict[str, ComponentType]:
    """Return {kind: type} of everything that features and enabled plugins offer; asked for once in a request."""
    kept: dict[str, ComponentType] | None = g.get("campaign_types") if has_request_context() else None
    if kept is None:
        kept = {}
        for item in host().collect("unionhall_block_types"):
            kept.setdefault(item.kind, item)
        if has_request_context():
            g.campaign_types = kept
    return kept


def of(component: Component) -> ComponentType | None:
    """Return a component's type, None while the plugin that offers it is off."""
    return types().get(component.kind)


def view(campaign: Campaign, component: Component, *, preview: bool = False) -> ComponentView:
    """Return the component as its type sees it."""
    return ComponentView(
        id=component.id, campaign_id=campaign.id, kind=component.kind, title=component.title, config=component.config,
        org_id=campaign.org_id, org_path=campaign.org.path, state=campaign.state, starts_at=campaign.starts_at,
        ends_at=campaign.ends_at, audience=campaign.audience, campaign_title=campaign.title, campaign_url=campaign.url,
        preview=preview,
    )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One component on the page: its part of it, or for editors why there is none."""

    id: int
    kind: str
    title: str
    body: Markup = Markup("")  # noqa: RUF009 - Markup is immutable
    rail: bool = False
    core: bool = False
    problem: str = ""

    @property
    def anchor(self) -> str:
        """Return the id of its place on the page."""
        return f"c{self.id}"


def part(campaign: Campaign, component: Component, now: datetime, *, preview: bool = False, result: bool = False) -> Part | None:
    """Return what readers see of a component, or with `preview` its problem; None when there is nothing to show.

    A type that is missing or fails leaves its place empty: the rest of the page stands. `result` asks for the result page's part.
    """
    kind, title = of(component), component.title
    if kind is None:
        told = _("提供“%(kind)s”的插件没有启用，读者暂时看不到这一块。", kind=component.kind)
        return Part(component.id, component.kind, title, problem=told) if preview else None
    seen = view(campaign, component, preview=preview)
    draw = (kind.result if result else None) or kind.render
    body, failed = _isolated(kind.kind, lambda: Markup(draw(seen, now)))
    if failed:
        told = _("这一块显示时出错了，读者暂时看不到它。请把时间告诉网站管理员。")
        return Part(component.id, component.kind, title, problem=told) if preview else None
    if not body:
        return None
    return Part(component.id, component.kind, title, body, kind.place == "rail", kind.kind.startswith("campaigns."))


def figures(campaign: Campaign, component: Component) -> list[Figure]:
    """Return a component's live figures; none when its type has none, is missing or fails."""
    kind = of(component)
    if kind is None or kind.figures is None:
        return []
    count = kind.figures
    found, _failed = _isolated(kind.kind, lambda: list(count(view(campaign, component))))
    return found or []


def data(campaign: Campaign, component: Component, now: datetime) -> Mapping[str, Any]:
    """Return what programs get of a component beside its HTML; nothing when its type has none, is missing or fails."""
    kind = of(component)
    if kind is None or kind.data is None:
        return {}
    ask = kind.data
    found, _failed = _isolated(kind.kind, lambda: dict(ask(view(campaign, component), now)))
    return found or {}


def lacks(campaign: Campaign, component: Component) -> list[str]:
    """Return what a component lacks before the campaign may go to review."""
    kind = of(component)
    if kind is None:
        return [_("“%(title)s”用的插件没有启用。请启用插件，或者隐藏、移除这一块。", title=component.title or component.kind)]
    if kind.lacks is None:
        return []
    ask = kind.lacks
    found, failed = _isolated(kind.kind, lambda: [str(item) for item in ask(view(campaign, component))])
    if failed:
        return [_("“%(title)s”检查时出错了。请把时间告诉网站管理员，或者先隐藏这一块。", title=component.title or str(kind.label))]
    return found or []


def setup_url(campaign: Campaign, component: Component) -> str:
    """Return the address of a component's own desk page, empty when it has none."""
    kind = of(component)
    if kind is None or kind.setup_url is None:
        return ""
    ask = kind.setup_url
    found, _failed = _isolated(kind.kind, lambda: ask(view(campaign, component)))
    return found or ""


def tell_moved(campaign: Campaign, components: list[Component], before: str, actor: Actor, now: datetime) -> None:
    """Tell every component that the campaign moved, inside the unit of work that moves it: who fails stops the move."""
    for component in components:
        kind = of(component)
        if kind is not None and kind.moved is not None:
            kind.moved(view(campaign, component), before, campaign.state, actor, now)


def _isolated(kind: str, ask: Callable[[], _T]) -> tuple[_T | None, bool]:
    """Return (answer, False), or (None, True) when it failed or its plugin is in quarantine."""
    if host().is_quarantined(kind.partition(".")[0]):
        return None, True
    return isolated(kind, "component", ask)
