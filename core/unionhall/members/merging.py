"""When an org is merged into another: memberships, transfers and imports go to the org that stays, nobody twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Update, or_, select, update
from sqlalchemy.orm import aliased

from unionhall.base import clock, db
from unionhall.hooks.types import Actor
from unionhall.members.imports.models import RosterImport
from unionhall.members.models import Member, Membership, MemberTransfer, Status
from unionhall.members.roster_bulk import CHUNK, note_changes


def hand_over(source_id: int, target_id: int, *, actor: Actor, now: datetime) -> None:
    """Give what the source has of the roster to the target, inside the unit of work that merges them."""
    _close_doubles(source_id, target_id, actor=actor, now=now)
    moving = select(Membership.member_id, Membership.id, Membership.status).where(
        Membership.org_id == source_id, Membership.ended_on.is_(None)
    )
    rows = db.session().execute(moving.execution_options(unionhall_scope="merged")).all()
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        note_changes([(row.member_id, row.id, "merged", row.status, {}) for row in part], actor=actor, now=now)
    touched = select(Membership.member_id).where(Membership.org_id == source_id)
    theirs = or_(Member.org_id == source_id, Member.id.in_(touched))
    _update(update(Member).where(theirs).values(version=Member.version + 1, updated_at=now))
    for table in (Member, Membership, MemberTransfer, RosterImport):
        _update(update(table).where(table.org_id == source_id).values(org_id=target_id))
    _update(update(MemberTransfer).where(MemberTransfer.to_org_id == source_id).values(to_org_id=target_id))
    within = MemberTransfer.org_id == MemberTransfer.to_org_id
    _update(update(MemberTransfer).where(within, MemberTransfer.state == "asked").values(state="withdrawn", decided_at=now))
    db.session().expire_all()


def _close_doubles(source_id: int, target_id: int, *, actor: Actor, now: datetime) -> None:
    """End the source's membership of everybody who is in both; a primary one passes its place on."""
    ours, theirs = aliased(Membership), aliased(Membership)
    both = select(ours.id, ours.member_id, ours.is_primary, theirs.id.label("kept")).join(theirs, theirs.member_id == ours.member_id).where(
        ours.org_id == source_id, theirs.org_id == target_id, ours.ended_on.is_(None), theirs.ended_on.is_(None)
    )  # fmt: skip
    today = clock.local_day(now)
    for row in db.session().execute(both.execution_options(unionhall_scope="merged")).all():
        over = {"status": Status.TRANSFERRED.value, "ended_on": today, "updated_at": now}
        _update(update(Membership).where(Membership.id == row.id).values(**over))
        if row.is_primary:
            _update(update(Membership).where(Membership.id == row.kept).values(is_primary=True, updated_at=now))
            _update(update(Member).where(Member.id == row.member_id).values(org_id=target_id))
        note_changes([(row.member_id, row.id, "merged", Status.TRANSFERRED.value, {})], actor=actor, now=now)


def _update(statement: Update) -> None:
    db.update_count(statement.execution_options(synchronize_session=False))
