"""The first step: the file is read, every line parsed, sealed and laid by, and held against the roster; nothing is enrolled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete

from unionhall.base import bulk, db
from unionhall.members.imports import columns, files, reading, workbooks
from unionhall.members.imports.comparing import CHUNK, Roster
from unionhall.members.imports.holding import Plan, chunks
from unionhall.members.imports.models import ImportLine, Outcome
from unionhall.members.imports.parsing import Bad, Places, parse
from unionhall.members.roster_bulk import table

_LINES = table(ImportLine)
_BATCH = 5 * CHUNK


@dataclass
class _Seen:
    """What was met in the file so far: each number once, with the line and what it said; each mobile number once."""

    numbers: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    mobiles: set[bytes] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    twice: dict[str, list[int]] = field(default_factory=dict)

    def note(self, row: dict[str, Any]) -> None:
        """Note a parsed line; the same person again is left out, or a conflict for both when the lines differ."""
        key, said = bytes.fromhex(row["h"]), hash((row["n"], row["t"], row["mh"], row["e"], row["j"], row["d"], row["o"]))
        first = self.numbers.setdefault(key, (row["l"], said))
        if first[0] != row["l"]:
            if first[1] == said and row["h"] not in self.twice:
                row |= {"c": "repeated", "f": "id", "x": str(first[0]), "r": Outcome.UNCHANGED.value}
            else:
                self.twice.setdefault(row["h"], [first[0]]).append(row["l"])
            return
        if row["mh"]:
            mobile = bytes.fromhex(row["mh"])
            if mobile in self.mobiles:
                self.shared.add(row["mh"])
            self.mobiles.add(mobile)


class ColumnsMissing(Exception):
    """The headings do not say which columns hold name and number: somebody must."""


def go(plan: Plan) -> dict[str, Any]:
    """Try an import; returns the values that its row gets. Raises ColumnsMissing with the headings kept, Unreadable, Lost, Stopped."""
    sheet = reading.read(files.folder(plan.held.token) / files.UPLOAD)
    mapping = {name: column for name, column in plan.mapping.items() if column < len(sheet.headings)} or columns.mapped(sheet.headings)
    with db.unit_of_work():
        plan.held.change(headings=[heading[:80] for heading in sheet.headings], mapping=mapping)
        db.session().execute(delete(_LINES).where(_LINES.c.import_id == plan.held.id))
    if not columns.complete(mapping):
        raise ColumnsMissing
    total = _lay_by(plan, sheet, mapping)
    counts = _hold_against(plan, total)
    if counts[Outcome.CONFLICT] + counts[Outcome.INVALID]:
        workbooks.write_bad(plan.held.id, plan.held.token)
    return {"counts": {outcome.value: counts[outcome] for outcome in Outcome} | {"shared": counts["mobile-shared"]}}


def _lay_by(plan: Plan, sheet: reading.Sheet, mapping: dict[str, int]) -> int:
    """Parse every line and keep it; returns how many there are."""
    seen, places, number = _Seen(), Places(plan.org), 0
    with files.create(plan.held.token, files.ROWS) as target:
        for number, (line, cells) in enumerate(sheet.lines, 1):
            try:
                row = {"l": line} | parse(cells, mapping, places, plan.today)
                seen.note(row)
            except Bad as bad:
                row = {"l": line, "n": _shown(cells, mapping), "f": bad.field, "c": bad.code, "x": bad.detail}
            target.write(json.dumps(row).encode() + b"\n")
            if number % _BATCH == 0:
                plan.held.go_on(number, 2 * sheet.total)
    files.keep_marks(plan.held.token, {"twice": seen.twice, "shared": sorted(seen.shared), "lines": number})
    return number


def _shown(cells: list[str], mapping: dict[str, int]) -> str:
    column = mapping["name"]
    return cells[column][:60] if column < len(cells) else ""


def rows(token: str) -> Iterator[dict[str, Any]]:
    """Yield the lines that were laid by."""
    with (files.folder(token) / files.ROWS).open("rb") as source:
        for line in source:
            yield json.loads(line)


def _hold_against(plan: Plan, total: int) -> Counter[str]:
    """Compare every line with the roster and store the report."""
    roster, counts, done = Roster(plan.org, files.marks(plan.held.token)), Counter[str](), 0
    for batch in chunks(rows(plan.held.token), _BATCH):
        with db.unit_of_work():
            plan.held.change(tries=1)
            for part in chunks(iter(batch), CHUNK):
                planned = roster.plan(part)
                counts.update(each.outcome for each in planned)
                counts["mobile-shared"] += sum(each.code == "mobile-shared" for each in planned)
                lines = [each.as_line(plan.held.id) for each in planned if each.outcome is not Outcome.UNCHANGED or each.code]
                bulk.store(_LINES, lines)
        done += len(batch)
        plan.held.go_on(total + done, 2 * total)
    return counts
