"""Taking an import back, for a day: what it enrolled goes, what it changed is put back, but only where nobody touched it since."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, select, update

from unionhall.base import db
from unionhall.members.imports.applying import gate
from unionhall.members.imports.comparing import CHUNK
from unionhall.members.imports.holding import Plan
from unionhall.members.imports.models import ImportLine, Outcome
from unionhall.members.models import Member, Membership, MembershipChange
from unionhall.members.roster_bulk import note_changes, table
from unionhall.platform import audit

_L, _M, _P, _C = table(ImportLine), table(Member), table(Membership), table(MembershipChange)


def go(plan: Plan) -> dict[str, Any]:
    """Take an import back inside the unit of work that is open; returns the values that its row gets. Raises Lost, Stopped."""
    told, after, done = Counter[str](), 0, 0
    plan.held.go_on(0, plan.total)
    with gate():
        while part := db.session().execute(
            select(_L).where(_L.c.import_id == plan.held.id, _L.c.member_id.is_not(None), _L.c.id > after).order_by(_L.c.id).limit(CHUNK)
        ).all():
            after, done = part[-1].id, done + len(part)
            free = _untouched(part)
            told["kept"] += len(part) - len(free)
            _remove(plan, [line for line in free if line.outcome == Outcome.NEW and not line.before], told)
            for line in free:
                if line.before:
                    _put_back(plan, line)
                    told["restored"] += 1
            plan.held.go_on(done, plan.total)
    counts = {"removed": told["removed"], "restored": told["restored"], "kept": told["kept"]}
    audit.record("members.import_undone", f"roster-import:{plan.held.id}", actor=plan.actor, now=plan.now, org_id=plan.org.id, **counts)
    return {"counts": counts}


def _untouched(lines: list[Row[Any]] | Any) -> list[Row[Any]]:
    """Return the lines whose member stands as the import left them, and holds them until this ends."""
    wanted = select(_M.c.id, _M.c.version, _M.c.account_id).where(_M.c.id.in_([line.member_id for line in lines]))
    now = {row.id: row for row in db.session().execute(wanted.with_for_update())}
    return [
        line for line in lines
        if (found := now.get(line.member_id)) is not None and found.version == line.version and (line.before or found.account_id is None)
    ]  # fmt: skip


def _remove(plan: Plan, lines: list[Row[Any]], told: Counter[str]) -> None:
    """Remove those whom the import enrolled: together, and if somebody is needed elsewhere by now, one by one, without them."""
    if not lines:
        return
    try:
        with db.session().begin_nested():
            _delete([line.member_id for line in lines])
        told["removed"] += len(lines)
    except db.IntegrityError:
        if len(lines) == 1:
            told["kept"] += 1
            return
        half = len(lines) // 2
        _remove(plan, lines[:half], told)
        _remove(plan, lines[half:], told)


def _delete(ids: list[int]) -> None:
    db.session().execute(delete(_C).where(_C.c.member_id.in_(ids)))
    db.session().execute(delete(_P).where(_P.c.member_id.in_(ids)))
    db.session().execute(delete(_M).where(_M.c.id.in_(ids)))


def _put_back(plan: Plan, line: Row[Any]) -> None:
    """Put a member's columns back; who had been taken back leaves again."""
    before = dict(line.before)
    joined = before.pop("joined_on", None)
    values = before | {"version": line.version + 1, "updated_at": plan.now}
    db.session().execute(update(_M).where(_M.c.id == line.member_id).values(**values))
    if joined:
        day = date.fromisoformat(joined)
        db.session().execute(update(_P).where(_P.c.id == line.membership_id).values(joined_on=day, updated_at=plan.now))
    if line.outcome == Outcome.NEW:
        db.session().execute(delete(_C).where(_C.c.membership_id == line.membership_id))
        db.session().execute(delete(_P).where(_P.c.id == line.membership_id))
        return
    note_changes([(line.member_id, line.membership_id, "edited", None, {})], actor=plan.actor, now=plan.now)
