"""How old people are, in bands, for figures: read from the sealed number of their document, counted, and kept with nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from unionhall.base import db
from unionhall.members.identity import born_on, open_id, resident_problem
from unionhall.members.models import Member
from unionhall.platform.access import unscoped

UNKNOWN = ""
BANDS = (0, 18, 25, 35, 45, 55, 60)
"""The least age of each band: "18" is 18 to 24, "60" is 60 and more."""
AT_ONCE = 1000


def count_ages(member_ids: Iterable[int], on: date) -> dict[str, int]:
    """Return {band: how many of these people are that old on a day}; UNKNOWN for who has no resident number. No person is told."""
    found, ids = Counter[str](), list(dict.fromkeys(member_ids))
    for first in range(0, len(ids), AT_ONCE):
        wanted = select(Member.id_kind, Member.id_sealed).where(Member.id.in_(ids[first : first + AT_ONCE]))
        found.update(_band(kind, sealed, on) for kind, sealed in db.session().execute(unscoped(wanted, why="figures")))
    return dict(found)


def _band(kind: str, sealed: str, on: date) -> str:
    number = open_id(sealed) if kind == "resident" else ""
    if resident_problem(number):
        return UNKNOWN
    born = born_on(number)
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return str(max(least for least in BANDS if least <= max(age, 0)))
