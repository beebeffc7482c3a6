"""What every format is read into: one record an article, and what somebody should know of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

Wanted = Literal["published", "scheduled", "draft"]


@dataclass(frozen=True)
class Problem:
    """Something that did not go as it should: of which item, in which line of the source (1 = first, 0 = the whole)."""

    item: str
    code: str
    message: str
    line: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture that a record shows: what stands in the body for it, its address or path in the source, what is said of it."""

    source: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Record:
    """An article as a source has it. `body` is HTML whose pictures have the source's addresses; `old` are its old paths."""

    origin: str
    title: str
    body: str
    wanted: Wanted = "draft"
    at: datetime | None = None
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    cover: Picture | None = None
    old: tuple[str, ...] = ()
    page: bool = False
    line: int = 0
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """Return what tells one state of the source from another."""
        kept = {name: value for name, value in asdict(self).items() if name not in {"problems", "line"}}
        return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Made:
    """An article that an import made, or brought up to what its source says now; no number when it was only tried."""

    what: Literal["created", "updated"]
    item: str
    article_id: int | None


@dataclass
class Report:
    """What an import did, or would do."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)

    def note(self, made: Made) -> None:
        """Count an article that was made."""
        self.made.append(made)
        if made.what == "created":
            self.created += 1
        else:
            self.updated += 1

    def add(self, other: Report) -> None:
        """Add what a part of the import did; the articles it made are listed by those who keep lists, not here."""
        self.created, self.updated, self.skipped = self.created + other.created, self.updated + other.updated, self.skipped + other.skipped
        self.problems += other.problems
        for kind, number in other.places.items():
            self.places[kind] = self.places.get(kind, 0) + number

    def as_json(self) -> dict[str, object]:
        """Return the report as the command prints it."""
        listed = [asdict(problem) for problem in self.problems]
        return {"created": self.created, "updated": self.updated, "skipped": self.skipped, "problems": listed}
