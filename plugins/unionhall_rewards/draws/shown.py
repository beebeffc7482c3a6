"""Draws as other plugins show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from unionhall.plugin import Actor, Org, clock, in_subtree, page_until, scoped, session, tag_page
from unionhall_rewards import rights
from unionhall_rewards.draws import entering, labels, pages, queries
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DrawView:
    """A published draw: `state` "published", "open", "frozen", "done", "void"; `takes` says whether it takes entries now."""

    id: int
    title: str
    algo: str
    state: str
    takes: bool
    paused: bool
    paused_reason: str
    opens_at: datetime
    closes_at: datetime
    org_path: str
    url: str
    tries_a_day: int = 1


def draw_view(draw_id: int, now: datetime) -> DrawView | None:
    """Return a draw that was published, None when there is none."""
    row = queries.by_id(draw_id)
    if row is None or row.state not in queries.SHOWN:
        return None
    return DrawView(
        row.id, row.title, row.algo, labels.standing(row, now), entering.takes(row, now) and row.paused_at is None,
        row.paused_at is not None, row.paused_reason, row.opens_at, row.closes_at, row.org.path, f"/rewards/draws/{row.key}/",
        row.tries_a_day,
    )  # fmt: skip


def draw_choices(actor: Actor, org_path: str, now: datetime) -> list[tuple[int, str]]:
    """Return (id, title) of the draws at and below an org that an actor may use and that are not over: for a form's menu."""
    wanted = select(Draw).join(Org, Org.id == Draw.org_id).where(
        in_subtree(Org.path, org_path), Draw.state.in_((DrawState.DRAFT, *queries.LIVE)), Draw.closes_at > now
    )  # fmt: skip
    rows = session().scalars(scoped(wanted.order_by(Draw.opens_at, Draw.id), Draw, actor, rights.READ)).unique()
    return [(row.id, row.title) for row in rows]


def odds_panel(draw_id: int) -> Markup:
    """Return prizes, quantities and chances of a draw as a panel for a page for everybody; tags the page."""
    tag_page(pages.tag_of(draw_id))
    row = queries.by_id(draw_id)
    if row is None or row.state not in queries.SHOWN:
        return Markup("")
    if row.algo == Algorithm.INSTANT and labels.standing(row, clock.now()) == DrawState.OPEN:
        page_until(clock.now() + MINUTE)
    return panel(row)


def panel(draw: Draw) -> Markup:
    """Return the prizes of a draw as a panel: value, quantity, what is left, chance."""
    return Markup(render_template("rewards/draws/odds.html", draw=draw, instant=draw.algo == Algorithm.INSTANT))
