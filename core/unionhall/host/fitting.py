"""What plugins answer is looked at before it is used: a page is made of it later, where nobody could tell whose it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from markupsafe import Markup

from unionhall.hooks import specs

PLACES = {"stat", "main", "side", "lead"}


def fitting(hook: str, answers: list[Any]) -> list[Any]:
    """Return what a plugin answered. Raises TypeError for something that the hook does not take."""
    wanted = _wanted(hook)
    for item in answers:
        if wanted is not None and not isinstance(item, wanted):
            raise TypeError(f"{hook} takes {wanted.__name__}, not {type(item).__name__}")
        if not isinstance(getattr(item, "order", 0), int) or getattr(item, "place", "main") not in PLACES | {"rail"}:
            raise TypeError(f"{hook}: the order or the place of {item!r:.200} is none")
        for name in ("published", "updated", "changed"):
            moment = getattr(item, name, None)
            if isinstance(moment, datetime) and moment.tzinfo is None:
                raise TypeError(f"{hook}: {name} of {item!r:.200} has no time zone")
    return answers


@cache
def _wanted(hook: str) -> type[Any] | None:
    """Return the class that a hook takes, None where it takes none or several."""
    said: Any = get_type_hints(getattr(specs, hook), localns={"Sequence": Sequence}).get("return")
    found = get_args(said)[0] if get_args(said) and not isinstance(said, UnionType) else None
    if found is Markup:
        return str
    origin = get_origin(found) or found
    return origin if isinstance(origin, type) else None
