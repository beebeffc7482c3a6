"""What the demo's campaigns stood at on each day, counted from the entries on their sheets."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert, select

from unionhall.base import clock, db
from unionhall.campaigns import offered
from unionhall.campaigns.models import Campaign, Component, Count
from unionhall.platform.access import unscoped
from unionhall.signups.models import HOLDING, Entry, Sheet, State


def store(campaign: Campaign, component: Component, sheet: Sheet, since: date, until: date) -> None:
    """Keep the figures of a sheet for every day from `since` to the day before `until`: what the counting would have kept."""
    labels = [(str(figure.label), figure.of) for figure in offered.figures(campaign, component)]
    entries = db.session().execute(unscoped(
        select(Entry.created_at, Entry.state, Entry.checked_in_at).where(Entry.sheet_id == sheet.id), why="demo"
    )).all()  # fmt: skip
    signed = [clock.local_day(row.created_at) for row in entries if row.state != State.CANCELLED]
    held = [clock.local_day(row.created_at) for row in entries if row.state in HOLDING]
    waits = [clock.local_day(row.created_at) for row in entries if row.state == State.WAITING]
    came = [clock.local_day(row.checked_in_at) for row in entries if row.checked_in_at]
    rows = []
    for day in (since + timedelta(days=at) for at in range((until - since).days)):
        people, taken, waiting, here = (sum(each <= day for each in days) for days in (signed, held, waits, came))
        for place, ((label, of), numbers) in enumerate(
            zip(labels, ((people, people), (None, taken), (waiting, None), (here, here)), strict=True)
        ):
            rows.append({
                "campaign_id": campaign.id, "component_id": component.id, "place": place, "day": day, "label": label,
                "people": numbers[0], "times": numbers[1], "of": of, "by_org": {},
            })  # fmt: skip
    if rows:
        db.session().execute(insert(Count), rows)
