"""The second step: what was tried happens, all of it in one transaction, or nothing.

The lines laid by are held against the roster once more, so that what changed since is judged as it is now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from unionhall.base import bulk, db
from unionhall.members.imports import files, trying
from unionhall.members.imports.comparing import CHUNK, Planned, Roster
from unionhall.members.imports.holding import Plan, chunks
from unionhall.members.imports.models import ImportGate, ImportLine, Outcome
from unionhall.members.models import Member, Membership, Status
from unionhall.members.roster_bulk import Ready, insert_memberships, insert_people, note_changes, table
from unionhall.platform import audit

_LINES, _M, _P = table(ImportLine), table(Member), table(Membership)
_LOOKS = (CHUNK, 10 * CHUNK, 50 * CHUNK)  # lines after which the database is told how large the roster has become
_KEPT = ("mobile_hash", "mobile_sealed", "employer", "job")
_FIELD_OF = {"mobile_hash": "mobile", "employer": "employer", "job": "job", "joined_on": "joined"}


@contextmanager
def gate() -> Iterator[None]:
    """Let one import at a time change the roster, others wait here: the gate's row is unique, and gone when this commits."""
    db.session().execute(insert(ImportGate).values(name="roster"))
    yield
    db.session().execute(delete(ImportGate).where(ImportGate.name == "roster"))


def go(plan: Plan) -> dict[str, Any]:
    """Apply an import inside the unit of work that is open; returns the values that its row gets. Raises Lost, Stopped, IntegrityError."""
    marks, counts, done = files.marks(plan.held.token), Counter[str](), 0
    plan.held.go_on(0, marks["lines"])
    with gate():
        db.session().execute(delete(_LINES).where(_LINES.c.import_id == plan.held.id))
        roster = Roster(plan.org, marks)
        for part in chunks(trying.rows(plan.held.token), CHUNK):
            planned = roster.plan(part)
            counts.update(each.outcome for each in planned)
            counts["mobile-shared"] += sum(each.code == "mobile-shared" for each in planned)
            _write(plan, planned)
            done += len(part)
            if done in _LOOKS:
                bulk.refresh_statistics(_M, _P)
            plan.held.go_on(done, marks["lines"])
    told = {outcome.value: counts[outcome] for outcome in Outcome}
    audit.record("members.imported", f"roster-import:{plan.held.id}", actor=plan.actor, now=plan.now, org_id=plan.org.id, **told)
    return {"counts": told | {"shared": counts["mobile-shared"]}, "applied_at": plan.now}


def _write(plan: Plan, planned: list[Planned]) -> None:
    lines = {each.line: each.as_line(plan.held.id) for each in planned}
    _enrol(plan, [each for each in planned if each.outcome is Outcome.NEW and each.member is None], lines)
    _take_back(plan, [each for each in planned if each.outcome is Outcome.NEW and each.member is not None], lines)
    _bring_up_to_date(plan, [each for each in planned if each.outcome is Outcome.UPDATE], lines)
    told = [lines[each.line] for each in planned if each.outcome is not Outcome.UNCHANGED or each.code]
    bulk.store(_LINES, told)


def _enrol(plan: Plan, planned: list[Planned], lines: dict[int, dict[str, Any]]) -> None:
    """Store those whom nobody knows."""
    people = [_ready(each.row, plan.org.id) for each in planned]
    made = insert_people(people, act="imported", today=plan.today, actor=plan.actor, now=plan.now)
    for each in planned:
        member_id, membership_id = made[each.row["h"]]
        lines[each.line] |= {"member_id": member_id, "membership_id": membership_id, "version": 1}


def _ready(row: dict[str, Any], org_id: int) -> Ready:
    joined = date.fromisoformat(row["d"]) if row["d"] else None
    return Ready(row["o"] or org_id, row["n"], row["k"], row["t"], row["s"], row["h"], row["ms"], row["mh"], row["e"], row["j"], joined)


def _take_back(plan: Plan, planned: list[Planned], lines: dict[int, dict[str, Any]]) -> None:
    """Give those who belong to no union any more a membership again."""
    wanted = []
    for each in planned:
        row = each.row
        joined = date.fromisoformat(row["d"]) if row["d"] else plan.today
        wanted.append((each.member.id, row["o"] or plan.org.id, Status.ACTIVE.value, joined))
    made = insert_memberships(wanted, act="rejoined", actor=plan.actor, now=plan.now)
    _change(plan, planned, {member_id: org_id for member_id, org_id, _status, _day in wanted})
    for each, (member_id, _org, _status, _day) in zip(planned, wanted, strict=True):
        lines[each.line] |= _undoable(each, made[member_id])


def _bring_up_to_date(plan: Plan, planned: list[Planned], lines: dict[int, dict[str, Any]]) -> None:
    """Write what lines say anew of people who are on the roster here."""
    _change(plan, planned, {})
    days = [
        {"b_id": each.place.id, "b_day": date.fromisoformat(each.changes["joined_on"])} for each in planned if "joined_on" in each.changes
    ]
    if days:
        db.session().execute(update(_P).where(_P.c.id == bindparam("b_id")).values(joined_on=bindparam("b_day"), updated_at=plan.now), days)
    steps = []
    for each in planned:
        fields = ",".join(_FIELD_OF[name] for name in each.changes if name in _FIELD_OF)
        steps.append((each.member.id, each.place.id, "edited", None, {"fields": fields}))
        lines[each.line] |= _undoable(each, each.place.id)
        if "joined_on" in each.changes:
            lines[each.line]["before"]["joined_on"] = each.place.joined_on.isoformat()
    note_changes(steps, actor=plan.actor, now=plan.now)


def _change(plan: Plan, planned: list[Planned], orgs: dict[int, int]) -> None:
    """Write members' columns; a member who changed since they were read here is somebody else's: the whole import begins anew."""
    rows = []
    for each in planned:
        member = each.member
        values = {f"b_{name}": each.changes.get(name, getattr(member, name)) for name in _KEPT}
        rows.append(values | {"b_id": member.id, "b_version": member.version + 1, "b_org_id": orgs.get(member.id, member.org_id)})
    if rows:
        fresh: dict[str, Any] = {name: bindparam(f"b_{name}") for name in (*_KEPT, "org_id", "version")}
        db.session().execute(update(_M).where(_M.c.id == bindparam("b_id")).values(**fresh, updated_at=plan.now), rows)


def _undoable(each: Planned, membership_id: int) -> dict[str, Any]:
    before = {name: getattr(each.member, name) for name in (*_KEPT, "org_id")}
    return {"member_id": each.member.id, "membership_id": membership_id, "version": each.member.version + 1, "before": before}
