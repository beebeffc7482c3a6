"""The demo's campaigns, from `demo_data/campaigns.toml`: each takes its way through review, with people in it, as if it had been lately."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from unionhall.accounts import demo as accounts
from unionhall.base import clock, db
from unionhall.campaigns import components, counting, demo_counts, demo_parts, moving, services
from unionhall.campaigns.models import Campaign, Component, State
from unionhall.campaigns.services import Basics
from unionhall.hooks.types import SYSTEM, Actor
from unionhall.media.models import Asset
from unionhall.orgs import demo as orgs
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall.signups import block
from unionhall.signups import demo as signups
from unionhall.signups import queries as sheets
from unionhall.signups.models import Sheet

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = ("member", "member2")
BEFORE_REVIEW = {State.DRAFT, State.REVIEW, State.RETURNED}


def rows() -> list[dict[str, Any]]:
    """Return the campaigns of the demo as they are written down."""
    text = (files("unionhall.campaigns") / "demo_data" / "campaigns.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["campaign"]
    return found


def load(now: datetime) -> None:
    """Make the campaigns, those that began first first, and tell the demo's members of what they signed up for."""
    places = orgs.by_key()
    pictures = {item.file_name: item for item in db.session().scalars(unscoped(select(Asset), why="demo"))}
    for number, row in enumerate(sorted(rows(), key=lambda item: item["starts"])):
        _Told(row, number, places[row["org"]], pictures[row["photo"]], now).tell()
    signups.tell(TOLD)


class _Told:
    """One campaign on its way."""

    def __init__(self, row: Mapping[str, Any], number: int, org: Org, photo: Asset, now: datetime) -> None:
        self.row, self.number, self.org, self.photo, self.now = row, number, org, photo, now
        self.state = State(row["state"])
        self.starts, self.ends = self.when(row["starts"], 9), self.when(row["ends"], 18)
        self.sheets: list[tuple[Sheet, Mapping[str, Any], Component]] = []

    def when(self, days: float, hour: float) -> datetime:
        """Return a moment: days from the day of loading, an hour in Shanghai."""
        return clock.first_moment(clock.local_day(self.now) + timedelta(days=days)) + hour * HOUR

    def author(self, at: datetime) -> Actor:
        """Return who made it."""
        return accounts.acting(self.row.get("author", "editor"), at)

    def tell(self) -> None:
        """Take the campaign to where it stands."""
        made = min(self.starts, self.now) - 12 * DAY if self.state not in BEFORE_REVIEW else self.now - 4 * DAY - self.number * HOUR
        campaign = services.create(self.org, self._basics(), actor=self.author(made), now=made)
        self._build(campaign, made + HOUR)
        if self.state is State.DRAFT:
            return
        sent = made + 3 * DAY
        moving.move(campaign, "submit", actor=self.author(sent), now=sent)
        chief, judged = accounts.acting("chief", sent), sent + 30 * HOUR
        if self.state is State.RETURNED:
            moving.move(campaign, "return", reason=self.row["reason"], actor=chief, now=min(judged, self.now))
        elif self.state is not State.REVIEW:
            moving.move(campaign, "approve", actor=chief, now=judged)
            self._run(campaign)

    def _basics(self) -> Basics:
        row = self.row
        return Basics(
            title=row["title"], summary=row["summary"], goal_text=row.get("goal", ""), goal_number=row.get("goal_number"),
            cover_id=self.photo.id, cover_alt=row.get("alt", ""), starts_at=self.starts, ends_at=self.ends,
            audience=row["audience"], slug=row["slug"],
        )  # fmt: skip

    def _build(self, campaign: Campaign, at: datetime) -> None:
        actor = self.author(at)
        for item in self.row.get("component", ()):
            kind, config = demo_parts.config(item, self.when)
            made = components.add(campaign, kind, actor=actor, now=at, title=item["title"], config=config)
            if sheet := sheets.of_owner(block.OWNER, made.id):
                signups.set_up(sheet, item, self.when, now=at)
                self.sheets.append((sheet, item, made))
                self._counts(campaign, made, actor, at)

    def _counts(self, campaign: Campaign, component: Component, actor: Actor, at: datetime) -> None:
        components.configure(
            campaign, component, title=component.title, config=component.config, hidden=False, counts=self.row.get("goal_counts", ""),
            version=component.version, actor=actor, now=at,
        )  # fmt: skip

    def _run(self, campaign: Campaign) -> None:
        if self.state is State.SCHEDULED:
            return
        moving.move(campaign, "start", actor=SYSTEM, now=self.starts)
        over = min(self.now, self.ends)
        for sheet, item, _component in self.sheets:
            since, until = self.when(item["opens"], 9), min(self.when(item["closes"], 18), self.now)
            signups.fill(sheet, item, signups.Crowd(since, until, over, self.number), now=over)
            if "letter" in item:
                signups.write(sheet, item["letter"], now=over - 30 * HOUR)
        self._count_days(campaign, over)
        if self.state is State.PAUSED:
            moving.move(campaign, "pause", reason=self.row["reason"], actor=self.author(over), now=over - 26 * HOUR)
        if self.state in {State.RUNNING, State.PAUSED}:
            counting.count(campaign, over)
        else:
            self._finish(campaign)

    def _count_days(self, campaign: Campaign, over: datetime) -> None:
        for sheet, _item, component in self.sheets:
            demo_counts.store(campaign, component, sheet, clock.local_day(self.starts), clock.local_day(over))

    def _finish(self, campaign: Campaign) -> None:
        moving.move(campaign, "end", actor=SYSTEM, now=self.ends)
        if self.state is State.ENDED:
            return
        written = self.ends + 30 * HOUR
        author = self.author(written)
        html = "".join(f"<p>{text}</p>" for text in self.row["result"])
        services.set_result(campaign, html, version=campaign.version, actor=author, now=written)
        moving.move(campaign, "publish", actor=author, now=written + HOUR)
        if self.state is State.ARCHIVED:
            moving.move(campaign, "archive", actor=author, now=self.ends + 60 * DAY)
