"""Campaigns as a list that programs go through, by position: what is published meanwhile neither repeats nor moves anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from unionhall.base import db
from unionhall.campaigns import pages, shown
from unionhall.campaigns.models import LISTED, Campaign
from unionhall.platform import access, pagecache


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list: as cards show it, what it is named by, and where it stands in the list."""

    campaign: Campaign
    card: shown.Card
    at: datetime


def after(position: tuple[datetime, int] | None, limit: int, *, tab: str | None, below: str | None, now: datetime) -> list[Row]:
    """Return up to `limit` campaigns that readers find, after the position (moment, id).

    Of a tab of `shown.TABS`: what runs by its end, what comes by its start, the soonest first; what is over, the newest
    first. Of all (None): by their start, the latest first. `below` is the path of an org whose subtree is wanted.
    """
    pagecache.tag(pages.LISTS)
    moment, rising = _order(tab)
    statement = select(Campaign, moment).options(joinedload(Campaign.org), joinedload(Campaign.cover))
    statement = statement.where(*shown.having(shown.TABS[tab] if tab else LISTED, below))
    if position is not None:
        here = tuple_(literal(position[0], Campaign.starts_at.type), position[1])
        place = tuple_(moment, Campaign.id)
        statement = statement.where(place > here if rising else place < here)
    order = (moment, Campaign.id) if rising else (moment.desc(), Campaign.id.desc())
    rows = db.session().execute(access.unscoped(statement.order_by(*order).limit(limit), why=shown.WAS_PUBLIC)).all()
    cards = shown.cards([row[0] for row in rows], now)
    return [Row(row[0], card, row[1]) for row, card in zip(rows, cards, strict=True)]


def _order(tab: str | None) -> tuple[ColumnElement[Any], bool]:
    """Return what a tab is ordered by, and whether the earliest comes first."""
    if tab == "running":
        return Campaign.ends_at.expression, True
    if tab == "upcoming":
        return Campaign.starts_at.expression, True
    if tab == "past":
        return func.coalesce(Campaign.ended_at, Campaign.ends_at, type_=Campaign.ends_at.type), False
    return Campaign.starts_at.expression, False
