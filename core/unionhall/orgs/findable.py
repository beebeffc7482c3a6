"""Orgs as search sees them: those at work, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select

from unionhall.base import db
from unionhall.base.text import like_escape
from unionhall.hooks.types import SearchDocument, SearchResult, SearchSource
from unionhall.orgs import queries
from unionhall.orgs.models import Org, OrgStatus

KIND = "orgs"


def _at_work(ids: Sequence[int]) -> Iterable[Org]:
    return db.session().scalars(select(Org).where(Org.id.in_(ids), Org.status == OrgStatus.ACTIVE))


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of those at work."""
    for org in _at_work(ids):
        names = f"{org.short_name} {org.name_en}"
        yield SearchDocument(KIND, org.id, org.name, org.address, org.summary, names, "", org.path, org.created_at)


def ids(after: int, most: int) -> Sequence[int]:
    """Return the ids of those at work above one, ascending."""
    return _ids(select(Org.id).where(Org.status == OrgStatus.ACTIVE, Org.id > after).order_by(Org.id).limit(most))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how those at work are shown."""
    for org in _at_work(ids):
        text = " ".join(part for part in (org.summary, org.address) if part)
        yield SearchResult(KIND, org.id, url_for("orgs.org", slug=org.slug), org.name, text)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return those at work whose name holds every word."""
    statement = select(Org.id).where(Org.status == OrgStatus.ACTIVE)
    for word in words:
        pattern = f"%{like_escape(word)}%"
        statement = statement.where(or_(Org.name.ilike(pattern, escape="\\"), Org.short_name.ilike(pattern, escape="\\")))
    return _ids(statement.order_by(Org.id).limit(most))


def facets() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the places that a search can be limited to."""
    return {"org": [(place.slug, place.short_name) for place in queries.regions()]}


def _ids(statement: Select[int]) -> Sequence[int]:
    return list(db.session().scalars(statement))


SOURCE = SearchSource(KIND, _l("组织"), documents, ids, results, look, None, facets)
