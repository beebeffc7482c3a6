"""What is put on public view before it holds (公示): features and plugins name the kinds, the core does the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from unionhall.hooks.types import Text

CLEAR, UPHELD, WITHDRAWN = "clear", "upheld", "withdrawn"


@dataclass(frozen=True, slots=True)
class PublicityKind:
    """A kind of thing that is put on public view, "chapters.claim".

    `columns` name the cells of each row. `ended(owner_id, outcome, now)` is told once, in the unit of work in which the time
    ends: "clear" (nobody objected, or no objection held), "upheld" (an objection held: change it and open a second time) or
    "withdrawn". `keep_days` after the end, names leave the page.
    """

    name: str
    label: Text
    columns: tuple[Text, ...]
    ended: Callable[[int, str, datetime], None]
    keep_days: int = 30
