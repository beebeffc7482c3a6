"""The query language: words, "phrases", -not, and filters `section:` `org:` `kind:` `from:` `to:`.

What a person types never reaches an engine's own parser. Everything is bounded, so that no query is expensive to read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from unionhall.base import clock
from unionhall.platform.search import analysis

LONGEST = 200
MOST_CLAUSES = 8
Sort = Literal["relevance", "date"]
FILTERS = ("section", "org", "kind", "from", "to")
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_QUOTES = str.maketrans({"“": '"', "”": '"', "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"', "－": "-", "：": ":", "\u3000": " "})


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a document must hold: all these words (`exact` False), or these pairs side by side."""

    text: str
    words: tuple[str, ...]
    pairs: tuple[str, ...]
    exact: bool = False

    @property
    def prefix(self) -> bool:
        """True for a single Chinese character: pairs that begin with it are looked for."""
        return len(self.pairs) == 1 and len(self.pairs[0]) == 1 and analysis.is_han(self.pairs[0])


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. `org_path` limits to an org's subtree; `since` and `until` are moments."""

    text: str = ""
    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    kind: str = ""
    section: str = ""
    org: str = ""
    org_path: str = ""
    since: datetime | None = None
    until: datetime | None = None
    sort: Sort = "relevance"
    cut: bool = False
    unknown: tuple[str, ...] = field(default=())

    @property
    def asks(self) -> bool:
        """True when there is something to look for."""
        return bool(self.clauses)

    def loosely(self) -> Query:
        """Return the query with every word as a stretch of characters, for what the dictionary cuts differently."""
        return replace(self, clauses=tuple(replace(clause, exact=True) for clause in self.clauses))


def read(text: str, given: Mapping[str, str] | None = None) -> Query:
    """Return the query for what was typed and for filters given beside it; never fails. `unknown` holds filters not understood."""
    given = dict(given or {})
    cut = len(text) > LONGEST
    clauses: list[Clause] = []
    excluded: list[Clause] = []
    filters: dict[str, str] = {}
    for minus, phrase, word in _TOKEN.findall(text[:LONGEST].translate(_QUOTES).replace("\x00", " ")):
        name, colon, value = word.partition(":")
        if colon and value and not minus and name.lower() in FILTERS:
            filters[name.lower()] = value
            continue
        found = _clauses(phrase or word.replace('"', " "), exact=bool(phrase))
        (excluded if minus else clauses).extend(found)
    cut = cut or len(clauses) > MOST_CLAUSES
    filters |= {name: value for name, value in given.items() if name in FILTERS and value}
    since, until = _day(filters.get("from", "")), _day(filters.get("to", ""))
    unknown = [f"{name}:{filters[name]}" for name, moment in (("from", since), ("to", until)) if filters.get(name) and moment is None]
    return Query(
        text=text[:LONGEST].strip(), clauses=tuple(dict.fromkeys(clauses))[:MOST_CLAUSES],
        excluded=tuple(dict.fromkeys(excluded))[:MOST_CLAUSES], kind=filters.get("kind", "")[:40],
        section=filters.get("section", "")[:60], org=filters.get("org", "")[:80],
        since=since, until=until + timedelta(days=1) if until else None,
        sort="date" if given.get("sort") == "date" else "relevance", cut=cut, unknown=tuple(unknown),
    )  # fmt: skip


def _clauses(text: str, *, exact: bool) -> list[Clause]:
    folded = analysis.fold(text)
    parts = [folded] if exact else analysis.runs(folded)
    made = [Clause(part, analysis.asked_words(part) if not exact else (), analysis.asked_pairs(part), exact) for part in parts]
    return [clause for clause in made if clause.pairs]


def _day(text: str) -> datetime | None:
    try:
        return clock.from_local(datetime.combine(date.fromisoformat(text), datetime.min.time()))
    except ValueError:
        return None
