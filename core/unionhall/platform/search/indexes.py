"""What every index offers, and which one a site uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from unionhall.base.config import Config
from unionhall.base.errors import ConfigProblem
from unionhall.hooks.types import SearchDocument
from unionhall.platform.search import analysis
from unionhall.platform.search.asking import Query

Key = tuple[str, int]
MOST_COUNTED = 1000
TITLE_COUNTS = 3


class IndexBroken(Exception):
    """The index is missing, damaged, or made by another version of the analysis: it must be rebuilt."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as terms. `orgs` are the paths of its org and of those above it, `at` is in seconds since 1970."""

    key: Key
    section: str
    orgs: tuple[str, ...]
    at: int
    title: list[str]
    words: list[str]
    pairs: list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Which documents answer a query, best first, and how many there are in all, counted up to MOST_COUNTED."""

    keys: list[Key]
    total: int


class Index(Protocol):
    """Holds entries; one process writes, any number read."""

    def write(self, entries: Sequence[Entry], gone: Sequence[Key]) -> None:
        """Put these in (in place of what had their keys) and take those out, all at once. Raises IndexBroken."""

    def find(self, query: Query, start: int, size: int) -> Found:
        """Return one stretch of what answers the query. Raises IndexBroken."""

    def rebuild(self, entries: Iterable[Entry], late: Iterable[tuple[list[Entry], list[Key]]], *, broken: bool = False) -> int:
        """Make the index anew beside the old one, then put it in its place; returns how many it holds.

        `late` is read after `entries`, just before the change of place: what changed in the meantime. One process builds
        at a time; with `broken`, one that had to wait is content with what the other made.
        """

    def count(self) -> int:
        """Return how many documents it holds. Raises IndexBroken."""

    def tidy(self) -> None:
        """Merge what many small writes left."""


def entry(document: SearchDocument) -> Entry:
    """Return a document as terms."""
    parts = [part for part in document.org_path.strip("/").split("/") if part]
    orgs = tuple("/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts)))
    whole = "\n".join((document.title, document.keywords, document.summary, document.body))
    title = analysis.words(f"{document.title}\n{document.keywords}")
    return Entry(
        (document.kind, document.id), document.section, orgs, int(document.at.timestamp()) if document.at else 0, title,
        analysis.words(whole), analysis.pairs(whole),
    )  # fmt: skip


def open_index(config: Config) -> Index:
    """Return the site's index. Raises ConfigProblem when its library is not installed."""
    folder = Path(config.instance) / "search"
    try:
        if config.search_backend == "postgres":
            from unionhall.platform.search.postgres_index import PostgresIndex

            return PostgresIndex()
        if config.search_backend == "tantivy":
            from unionhall.platform.search.tantivy_index import TantivyIndex

            return TantivyIndex(folder)
    except ImportError as error:
        raise ConfigProblem(f"search_backend = {config.search_backend}: {error}; pip install 'unionhall[tantivy]'") from error
    from unionhall.platform.search.whoosh_index import WhooshIndex

    return WhooshIndex(folder)
