"""Search sources of plugins, so that one that fails is missing from what is found and takes no page down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unionhall.hooks.types import SearchDocument, SearchResult, SearchSource
from unionhall.host.discovery import Found
from unionhall.host.registry import PluginHost


class SourceFailed(Exception):
    """A source could not make documents: who asked for several at once may ask one by one."""


def shielded(host: PluginHost, found: Found, source: SearchSource) -> SearchSource:
    """Return the source of a plugin with each function isolated; a core feature's as it is."""
    if found.core:
        return source

    def safely(what: str, ask: Callable[[], Any], default: Any) -> Any:
        answer, failed = host.isolated(found.name, what, ask)
        return default if failed else answer

    def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
        answer, failed = host.isolated(found.name, "documents", lambda: list(source.documents(ids)))
        if failed or answer is None:
            raise SourceFailed(source.kind)
        return answer

    def results(ids: Sequence[int]) -> Iterable[SearchResult]:
        return list(safely("results", lambda: list(source.results(ids)), ()))

    def ids(after: int, limit: int) -> Sequence[int]:
        return list(safely("ids", lambda: list(source.ids(after, limit)), ()))

    def look(words: Sequence[str], limit: int) -> Sequence[int]:
        return list(safely("look", lambda: list(source.look(words, limit)), ()))

    made = replace(source, documents=documents, results=results, ids=ids, look=look)
    if (suggest := source.suggest) is not None:
        made = replace(made, suggest=lambda start, limit: safely("suggest", lambda: list(suggest(start, limit)), ()))
    if (facets := source.facets) is not None:
        made = replace(made, facets=lambda: _mapping(safely("facets", lambda: dict(facets()), {})))
    return made


def _mapping(found: Mapping[str, Sequence[tuple[str, str]]]) -> Mapping[str, Sequence[tuple[str, str]]]:
    return {name: values for name, values in found.items() if name in {"section", "org"}}
