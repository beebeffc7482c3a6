"""What an export takes along: articles by org, section, period and state, some hundred at a time, all of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from unionhall.accounts.models import Account
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import Article, Section
from unionhall.orgs.models import Org
from unionhall.platform import access

CHUNK = 100
Row = Any


@dataclass(frozen=True)
class Leaving:
    """Which articles somebody exports: within their rights, below an org, and whatever else they asked for.

    The period is that of the publication, or of the first draft for what was not published. `note` says in the file who
    exported it, when and what for.
    """

    actor: Actor
    below: str | None = None
    section_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    states: tuple[str, ...] = ()
    note: str = ""

    def select(self, *columns: Any) -> Select[Any]:
        """Return the statement that selects columns of these articles."""
        when = func.coalesce(Article.published_at, Article.created_at)
        statement: Select[Any] = select(*columns).select_from(Article)
        if self.section_id is not None:
            statement = statement.where(Article.section_id == self.section_id)
        if self.since is not None:
            statement = statement.where(when >= self.since)
        if self.until is not None:
            statement = statement.where(when < self.until)
        if self.states:
            statement = statement.where(Article.state.in_(self.states))
        return access.scoped(statement, Article, self.actor, rights.READ, self.below)

    def count(self, session: Session) -> int:
        """Return how many articles these are."""
        return session.scalar(self.select(func.count(Article.id))) or 0

    def rows(self, session: Session) -> Iterator[list[Row]]:
        """Yield the articles in the order of their numbers, each with its places and its author, some hundred at a time."""
        places = (Org.slug.label("org"), Section.slug.label("section"), Section.name.label("section_name"))
        author = (Account.login.label("login"), Account.name.label("author"))
        columns = [column for column in Article.__table__.columns if column.name not in {"org_id", "section_id", "author_id"}]
        wanted = (
            self.select(*columns, *places, *author).join(Org, Org.id == Article.org_id).join(Section, Section.id == Article.section_id)
            .outerjoin(Account, Account.id == Article.author_id).order_by(Article.id).limit(CHUNK)
        )  # fmt: skip
        after = 0
        while rows := session.execute(wanted.where(Article.id > after)).all():
            yield list(rows)
            after = rows[-1].id
