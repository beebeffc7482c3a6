"""Lines of a file held against the roster, a chunk at a time: new, update, unchanged or conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select

from unionhall.base import db
from unionhall.members import names
from unionhall.members.imports.models import Outcome
from unionhall.members.models import Member, Membership
from unionhall.members.roster_bulk import table
from unionhall.orgs.models import Org

CHUNK = 1000
_M, _P, _O = table(Member), table(Membership), table(Org)


@dataclass(slots=True)
class Planned:
    """What becomes of one line; `changes` are the member's columns that get a new value, `joined_on` the membership's."""

    line: int
    outcome: Outcome
    row: dict[str, Any]
    column: str = ""
    code: str = ""
    detail: str = ""
    member: Any = None  # rows of the two tables; None for whom nobody knows
    place: Any = None
    changes: dict[str, Any] = field(default_factory=dict)

    def as_line(self, import_id: int) -> dict[str, Any]:
        """Return the line of the report."""
        return {
            "import_id": import_id, "line": self.line, "outcome": self.outcome.value, "field": self.column, "code": self.code,
            "detail": self.detail, "name": self.row["n"][:60], "member_id": None, "membership_id": None, "version": None, "before": {},
        }  # fmt: skip


class Roster:
    """The roster as a file's lines are held against it, for an org and those below it."""

    def __init__(self, org: Org, marks: Mapping[str, Any]) -> None:
        self.org_id, self.path = org.id, org.path
        self.twice: Mapping[str, list[int]] = marks["twice"]
        self.shared = frozenset(marks["shared"])

    def plan(self, rows: Sequence[dict[str, Any]]) -> list[Planned]:
        """Return what becomes of these lines, in their order; each query is for all of them."""
        hashes = [row["h"] for row in rows if "h" in row]
        members = {row.id_hash: row for row in db.rows(select(_M).where(_M.c.id_hash.in_(hashes)))}
        places = self._places(row.id for row in members.values())
        holders = self._holders({row["mh"] for row in rows if row.get("mh")})
        return [self._one(row, members.get(row.get("h", "")), places, holders) for row in rows]

    def _places(self, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
        found: dict[int, list[Row[Any]]] = {}
        wanted = (
            select(_P.c.id, _P.c.member_id, _P.c.org_id, _P.c.is_primary, _P.c.status, _P.c.joined_on, _O.c.path, _O.c.name)
            .join_from(_P, _O, _O.c.id == _P.c.org_id).where(_P.c.member_id.in_(list(ids)), _P.c.ended_on.is_(None))
        )  # fmt: skip
        for row in db.rows(wanted.order_by(_P.c.is_primary.desc(), _P.c.id)):
            found.setdefault(row.member_id, []).append(row)
        return found

    def _holders(self, mobiles: set[str]) -> dict[str, tuple[int, str]]:
        """Return {mobile hash: (how many have it, the id hash of one of them)}."""
        wanted = select(_M.c.mobile_hash, func.count(), func.min(_M.c.id_hash)).where(_M.c.mobile_hash.in_(list(mobiles)))
        return {mobile: (number, one or "") for mobile, number, one in db.rows(wanted.group_by(_M.c.mobile_hash))}

    def _one(
        self, row: dict[str, Any], member: Row[Any] | None, places: Mapping[int, list[Row[Any]]], holders: Mapping[str, tuple[int, str]]
    ) -> Planned:
        line = row["l"]
        if "c" in row:
            return Planned(line, Outcome(row.get("r", "invalid")), row, row["f"], row["c"], row["x"])
        if row["h"] in self.twice:
            others = [str(other) for other in self.twice[row["h"]] if other != line]
            return Planned(line, Outcome.CONFLICT, row, "id", "twice", "、".join(others[:5]))
        planned = self._against(line, row, member, places.get(member.id, []) if member is not None else [])
        mobile = row["mh"]
        number, one = holders.get(mobile, (0, "")) if mobile else (0, "")
        shared = number > 1 or (number == 1 and one != row["h"]) or mobile in self.shared
        if shared and planned.outcome in {Outcome.NEW, Outcome.UPDATE}:
            planned.column, planned.code = "mobile", "mobile-shared"
        return planned

    def _against(self, line: int, row: dict[str, Any], member: Row[Any] | None, current: list[Row[Any]]) -> Planned:
        if member is None:
            return Planned(line, Outcome.NEW, row)
        here = [place for place in current if place.path.startswith(self.path)]
        if current and not here:
            return Planned(line, Outcome.CONFLICT, row, "id", "elsewhere")
        if member.name != row["n"] and not names.same(member.name, row["n"]):
            return Planned(line, Outcome.CONFLICT, row, "name", "other-name")
        changes = _changes(member, row)
        if not current:
            return Planned(line, Outcome.NEW, row, code="rejoined", member=member, changes=changes)
        place = next((each for each in here if not row["o"] or each.org_id == row["o"]), None)
        if place is None:
            return Planned(line, Outcome.CONFLICT, row, "org", "other-org", here[0].name)
        if not any(each.is_primary for each in here):
            return Planned(line, Outcome.UNCHANGED, row, code="second-only")
        if row["d"] and place.joined_on.isoformat() != row["d"]:
            changes["joined_on"] = row["d"]
        return Planned(line, Outcome.UPDATE if changes else Outcome.UNCHANGED, row, member=member, place=place, changes=changes)


def _changes(member: Row[Any], row: dict[str, Any]) -> dict[str, Any]:
    """Return what a line says anew; a blank cell says nothing."""
    changes: dict[str, Any] = {}
    if row["mh"] and row["mh"] != member.mobile_hash:
        changes |= {"mobile_hash": row["mh"], "mobile_sealed": row["ms"]}
    if row["e"] and row["e"] != member.employer:
        changes["employer"] = row["e"]
    if row["j"] and row["j"] != member.job:
        changes["job"] = row["j"]
    return changes
