"""Searching: ask the index, ask the database what of it may still be seen, cut the snippets."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import structlog
from markupsafe import Markup
from sqlalchemy import column, select, table

from unionhall.base import db
from unionhall.hooks.types import SearchDocument, SearchResult
from unionhall.platform.search import snippets
from unionhall.platform.search.asking import Query
from unionhall.platform.search.indexes import MOST_COUNTED, Found, IndexBroken, Key
from unionhall.platform.search.writing import documents_of
from unionhall.platform.search.writing import search as the_search

SIZE = 10
MOST_PAGES = 50
LOOKED_AT = 200
ORG = table("orgs_org", column("slug"), column("path"))
log = structlog.get_logger("unionhall.search")


@dataclass(frozen=True)
class Hit:
    """A result with its words marked, in the title and in a stretch of its text."""

    result: SearchResult
    title: Markup
    snippet: Markup


@dataclass(frozen=True)
class Page:
    """One page of hits. `loose` when nothing held all the words, `slow` when there is no index at the moment."""

    query: Query
    hits: list[Hit]
    total: int
    number: int
    seconds: float
    loose: bool = False
    slow: bool = False
    size: int = SIZE

    @property
    def many(self) -> bool:
        """True when there are more than were counted."""
        return self.total >= MOST_COUNTED

    @property
    def pages(self) -> int:
        """Return how many pages may be looked at, at least one."""
        return min(MOST_PAGES, max(1, -(-self.total // self.size)))


def find(query: Query, number: int = 1) -> Page:
    """Return one page of what everybody may read and what answers the query; an index that is broken is done without."""
    started = time.perf_counter()
    query = _placed(query)
    kinds = the_search().sources()
    if not query.asks or (query.org and not query.org_path) or (query.kind and query.kind not in kinds):
        return Page(query, [], 0, number, 0.0)
    start, loose, slow = (number - 1) * SIZE, False, False
    try:
        found = the_search().index.find(query, start, SIZE)
        if not found.total and not all(clause.exact for clause in query.clauses):
            found, loose = the_search().index.find(query.loosely(), start, SIZE), True
    except IndexBroken as error:
        log.warning("searching without an index", reason=str(error))
        found, slow = _look(query, start), True
    results = _visible(found.keys)
    hits = [_hit(results[key], query) for key in found.keys if key in results]
    total = found.total - (len(found.keys) - len(hits))
    return Page(query, hits, total, number, time.perf_counter() - started, loose, slow)


def suggestions(start: str, limit: int = 8) -> list[str]:
    """Return what somebody may be about to type."""
    start = start.strip()[:30]
    if not start:
        return []
    found = (word for source in the_search().sources().values() if source.suggest for word in source.suggest(start, limit))
    return list(dict.fromkeys(found))[:limit]


def facets() -> dict[str, list[tuple[str, str]]]:
    """Return what a search can be limited to: {"kind", "section", "org": [(value, label)]}."""
    found: dict[str, list[tuple[str, str]]] = {"kind": [], "section": [], "org": []}
    for source in the_search().sources().values():
        found["kind"].append((source.kind, str(source.label)))
        for name, values in (source.facets() if source.facets else {}).items():
            found[name] += values
    return found


def _placed(query: Query) -> Query:
    """Return the query with the path of its org; none when there is no such org."""
    if not query.org:
        return query
    path = db.session().scalar(select(ORG.c.path).where(ORG.c.slug == query.org))
    return replace(query, org_path=path or "")


def _visible(keys: Iterable[Key]) -> dict[Key, SearchResult]:
    """Ask the database again: what was withdrawn a moment ago is not shown, whatever the index says."""
    wanted: dict[str, list[int]] = {}
    for kind, number in keys:
        wanted.setdefault(kind, []).append(number)
    sources = the_search().sources()
    return {(kind, item.id): item for kind, ids in wanted.items() if kind in sources for item in sources[kind].results(ids)}


def _hit(result: SearchResult, query: Query) -> Hit:
    terms = snippets.terms(query)
    return Hit(result, snippets.marked(result.title, terms), snippets.cut(result.text, terms))


def _look(query: Query, start: int) -> Found:
    """Compare plainly, among the newest; slower, and with words as they were typed."""
    asked = [clause.text for clause in query.clauses]
    keys: list[tuple[float, Key]] = []
    for kind, source in the_search().sources().items():
        if query.kind in {"", kind}:
            ids = source.look(asked, LOOKED_AT)
            keys += [_dated(document) for document in documents_of(source, ids) if _fits(document, query)]
    keys.sort(reverse=True)
    return Found([key for _at, key in keys[start : start + SIZE]], len(keys))


def _dated(document: SearchDocument) -> tuple[float, Key]:
    return document.at.timestamp() if document.at else 0.0, (document.kind, document.id)


def _fits(document: SearchDocument, query: Query) -> bool:
    text = f"{document.title} {document.keywords} {document.summary} {document.body}".casefold()
    return (
        (not query.section or document.section == query.section)
        and document.org_path.startswith(query.org_path)
        and (query.since is None or (document.at is not None and document.at >= query.since))
        and (query.until is None or (document.at is not None and document.at < query.until))
        and not any(clause.text.casefold() in text for clause in query.excluded)
    )


def advice() -> Sequence[str]:
    """Return what the administrator should do about the index, as codes: "missing", "outgrown"."""
    from unionhall.platform.search.writing import OUTGROWN

    try:
        number = the_search().index.count()
    except IndexBroken:
        return ["missing"]
    return ["outgrown"] if the_search().backend == "whoosh" and number > OUTGROWN else []
