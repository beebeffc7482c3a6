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


@dataclass
class Report:
    """What an import did, or would do."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the report as the command prints it."""
        listed = [asdict(problem) for problem in self.problems]
        return {"created": self.created, "updated": self.updated, "skipped": self.skipped, "problems": listed}
