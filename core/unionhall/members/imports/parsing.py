"""One line of a spreadsheet becomes a person made ready to be stored, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from unionhall.base import db
from unionhall.base.text import fold, tidy
from unionhall.members import identity, names, roster_checks
from unionhall.orgs.models import Org, OrgStatus
from unionhall.platform import access

KINDS = {
    "": "resident", "居民身份证": "resident", "身份证": "resident", "resident": "resident", "护照": "passport", "passport": "passport",
    "港澳台居民证件": "hmt", "港澳居民来往内地通行证": "hmt", "台湾居民来往大陆通行证": "hmt", "港澳台居民居住证": "hmt", "hmt": "hmt",
    "外国人永久居留身份证": "passport",
}  # fmt: skip
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|(\d{4})(\d{2})(\d{2})")
_SERIAL, _FIRST_SERIAL = re.compile(r"\d{5}"), date(1899, 12, 30)  # how spreadsheets count days


@dataclass(frozen=True, slots=True)
class Bad(Exception):
    """A line that cannot be stored: in which field, why, and what stands there when it is no personal data."""

    field: str
    code: str
    detail: str = ""


class Places:
    """The orgs that a file may name: the one it is for and those below it that are at work, by name, short name or address."""

    def __init__(self, org: Org) -> None:
        below = access.in_subtree(Org.path, org.path)
        wanted = select(Org.id, Org.name, Org.short_name, Org.slug).where(below, Org.status == OrgStatus.ACTIVE)
        self._ids: dict[str, set[int]] = {}
        for row in db.session().execute(wanted):
            for word in {row.name, row.short_name, row.slug}:
                self._ids.setdefault(fold(word), set()).add(row.id)

    def find(self, word: str) -> int:
        """Return the id of the org that a cell names. Raises Bad for one that is elsewhere, unknown, or one of several."""
        found = self._ids.get(fold(word), set())
        if len(found) == 1:
            return next(iter(found))
        raise Bad("org", "org-ambiguous" if found else "org-outside", word[:120])


def parse(cells: Sequence[str], mapping: Mapping[str, int], places: Places, today: date) -> dict[str, Any]:
    """Return a line as it is kept between trying and applying: n name, h id hash, s sealed number … Raises Bad."""

    def at(field: str) -> str:
        column = mapping.get(field)
        return cells[column].strip() if column is not None and column < len(cells) else ""

    name = names.tidied(at("name"))
    if wrong := names.problem(name):
        raise Bad("name", f"name-{wrong}")
    kind = KINDS.get(fold(at("kind")) if at("kind") else "")
    if kind is None:
        raise Bad("kind", "kind-unknown", at("kind")[:40])
    number = identity.folded(at("id"))
    if code := roster_checks.id_problem(number, kind):
        raise Bad("id", code)
    mobile = roster_checks.folded_mobile(at("mobile"))
    if code := roster_checks.mobile_problem(mobile):
        raise Bad("mobile", code)
    employer, job = _tidied(at("employer")), _tidied(at("job"))
    if len(employer) > 120 or len(job) > 60:
        raise Bad("employer", "employer-long") if len(employer) > 120 else Bad("job", "job-long")
    joined = _joined(at("joined"), today)
    return {
        "n": name, "k": names.name_key(name), "t": kind, "s": identity.seal_id(number), "h": identity.id_hash(number),
        "ms": identity.seal_mobile(mobile) if mobile else "", "mh": identity.mobile_hash(mobile) if mobile else None,
        "e": employer, "j": job, "d": joined.isoformat() if joined else "", "o": places.find(at("org")) if at("org") else 0,
    }  # fmt: skip


@lru_cache(maxsize=10_000)
def _tidied(text: str) -> str:
    return tidy(text) if text else ""


@lru_cache(maxsize=10_000)
def day(text: str) -> date | None:
    """Return the day that a text means, 2026-05-14, 2026/5/14, 2026年5月, 20260514 or a spreadsheet's 46156; None when it means none."""
    folded = fold(text).split(" ")[0].split("t")[0]
    if _SERIAL.fullmatch(folded):
        return _FIRST_SERIAL + timedelta(days=int(folded))
    found = _DAY.fullmatch(folded)
    if found is None:
        return None
    year, month, of_month = found.group(1) or found.group(4), found.group(2) or found.group(5), found.group(3) or found.group(6) or "1"
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


def _joined(text: str, today: date) -> date | None:
    if not text:
        return None
    found = day(text)
    if found is None:
        raise Bad("joined", "joined-form", text[:40])
    if not roster_checks.EARLIEST <= found <= today:
        raise Bad("joined", "joined-range", text[:40])
    return found
