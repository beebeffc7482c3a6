"""What the parts above tell this one without being known to it: each adds its functions when it is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from unionhall.plugin import Text


@dataclass(frozen=True, slots=True)
class Used:
    """When and where a coupon was redeemed, and what was taken off (fen)."""

    at: datetime
    place: str
    fen: int


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a coupon's history: when, what, and by whom or why."""

    at: datetime
    text: Text
    note: str = ""


USES: list[Callable[[Iterable[int]], Mapping[int, Used]]] = []
"""Each returns {coupon id: how it was used} of those of some coupons that are redeemed now."""
STEPS: list[Callable[[int], Iterable[Step]]] = []
"""Each yields what happened to a coupon at tills, for its history in the desk."""


def used(coupon_ids: Iterable[int]) -> dict[int, Used]:
    """Return {coupon id: how it was used}, all parts together."""
    ids, found = list(coupon_ids), dict[int, Used]()
    for ask in USES if ids else ():
        found |= ask(ids)
    return found
