"""Campaigns as search sees them: those that readers find in lists, with the words of their text components."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import db, richtext
from unionhall.base.text import like_escape
from unionhall.campaigns import pages
from unionhall.campaigns.models import LISTED, Campaign, State
from unionhall.hooks.types import SearchDocument, SearchResult, SearchSource
from unionhall.platform import access

KIND = pages.SEARCH
LISTED_VALUES = [state.value for state in LISTED]


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of those that are listed."""
    for campaign in _some(ids):
        yield SearchDocument(
            KIND, campaign.id, campaign.title, _words(campaign), campaign.summary, campaign.goal_text, "", campaign.org.path,
            campaign.starts_at,
        )  # fmt: skip


def ids(after: int, most: int) -> Sequence[int]:
    """Return the listed campaigns' ids above one, ascending."""
    wanted = select(Campaign.id).where(Campaign.state.in_(LISTED_VALUES), Campaign.id > after).order_by(Campaign.id).limit(most)
    return list(db.session().scalars(access.unscoped(wanted, why="published")))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how those that are listed are shown."""
    english = str(get_locale()) == "en"
    for campaign in _some(ids):
        org = campaign.org.name_en if english and campaign.org.name_en else campaign.org.name
        text = f"{campaign.summary} {_words(campaign)}"
        yield SearchResult(KIND, campaign.id, campaign.url, campaign.title, text, "", org, campaign.starts_at)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the newest listed campaigns that hold every word as typed."""
    statement = select(Campaign.id).where(Campaign.state.in_(LISTED_VALUES))
    for word in words:
        pattern = f"%{like_escape(word)}%"
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in (Campaign.title, Campaign.summary))))
    return list(db.session().scalars(access.unscoped(statement.order_by(Campaign.id.desc()).limit(most), why="published")))


def suggest(start: str, most: int) -> Iterable[str]:
    """Return the titles of listed campaigns that begin like this."""
    wanted = select(Campaign.title).where(Campaign.state.in_(LISTED_VALUES), Campaign.title.like(f"{like_escape(start)}%", escape="\\"))
    return list(db.session().scalars(access.unscoped(wanted.limit(most), why="published")))


def _some(ids: Sequence[int]) -> list[Campaign]:
    statement = select(Campaign).where(Campaign.id.in_(list(ids)), Campaign.state.in_(LISTED_VALUES), Campaign.cancelled.is_(False))
    whole = statement.options(joinedload(Campaign.org), selectinload(Campaign.components))
    return list(db.session().scalars(access.unscoped(whole, why="published")))


def _words(campaign: Campaign) -> str:
    """Return the plain text of what readers may read: text components and, once it is published, the result."""
    bodies = [str(item.config.get("body", "")) for item in campaign.components if item.kind == "campaigns.text" and not item.hidden]
    titles = [item.title for item in campaign.components if not item.hidden]
    result = campaign.result if campaign.state == State.PUBLISHED else ""
    return " ".join([*titles, *(richtext.plain_text(body) for body in [*bodies, result] if body)])


SOURCE = SearchSource(KIND, _l("活动"), documents, ids, results, look, suggest)
