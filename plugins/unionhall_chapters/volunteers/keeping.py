"""Personal data of volunteering: shown to the person; erased, except hours without a name. Rows of merged orgs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from unionhall.plugin import SYSTEM, Kept, Person, PersonalData, clock, record_audit, session, unscoped
from unionhall_chapters.volunteers import labels, queries, teams
from unionhall_chapters.volunteers.models import Hours, NoShow, Shift, Swap, Team, TeamMember, Volunteer

OWNED = (Team, TeamMember, Shift, Swap, NoShow, Hours)


def export(person: Person) -> dict[str, Any]:
    """Return everything that volunteering holds about a person, the emergency contact in plain."""
    if person.member_id is None:
        return {}
    rows, records = _standings(person.member_id), queries.mine(person.member_id, 10_000)
    about, missed = queries.volunteer(person.member_id), _missed(person.member_id)
    if not (rows or records or about or missed):
        return {}
    trail = queries.changes([record.id for record in records])
    return {
        _("志愿服务"): {
            _("队伍"): [
                {_("队名"): row.team.name, _("状态"): str(labels.STANDINGS[row.state][0]), _("申请时说的"): row.note} for row in rows
            ],
            _("特长"): about.skills if about else "", _("空闲"): about.free_when if about else "",
            _("紧急联系人"): teams.emergency_of(about),
            _("工时"): [_told(record, len(trail.get(record.id, ()))) for record in records],
            _("报了没有来"): [
                {_("班次"): row.shift.title, _("日期"): clock.local_day(row.at).isoformat(), _("不算的原因"): row.excuse} for row in missed
            ],
        }
    }  # fmt: skip


def _told(record: Hours, corrected: int) -> dict[str, Any]:
    return {
        _("日期"): record.day.isoformat(), _("队伍"): record.team.name, _("时长"): labels.hours(record.minutes),
        _("状态"): str(labels.STATES[record.state][0]), _("说明"): record.note, _("更正次数"): corrected,
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove the person from teams, swaps and lists of who did not come; their hours stay as numbers of nobody."""
    member_id = person.member_id
    if member_id is None:
        return []
    gone = [*_standings(member_id), *_missed(member_id)]
    about = queries.volunteer(member_id)
    records = queries.mine(member_id, 10_000)
    for table in (TeamMember, NoShow, Volunteer):
        session().execute(delete(table).where(table.member_id == member_id))
    session().execute(update(Swap).where(Swap.taken_by == member_id).values(taken_by=Swap.member_id))
    session().execute(delete(Swap).where(Swap.member_id == member_id))
    session().execute(update(Shift).where(Shift.duty_id == member_id).values(duty_id=None))
    nameless = update(Hours).where(Hours.member_id == member_id).values(member_id=None, note="")
    session().execute(nameless.execution_options(synchronize_session=False))
    session().expire_all()
    if gone or about or records:
        record_audit("chapters.volunteer_erased", "chapters_volunteer", actor=SYSTEM, now=now, count=len(records))
    if not records:
        return []
    return [
        Kept(_l("服务过的时长和日期，不含姓名和说明"), _l("协会的志愿服务总时长要和台账对得上，这些数字已认不出是谁"))
    ]


def hand_over(source_id: int, target_id: int) -> None:
    """Give the rows of an org to the one that it is merged into."""
    for table in OWNED:
        session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id))
    session().expire_all()


def _standings(member_id: int) -> list[TeamMember]:
    wanted = select(TeamMember).where(TeamMember.member_id == member_id).order_by(TeamMember.id)
    return list(session().scalars(unscoped(wanted, why="oneself")))


def _missed(member_id: int) -> list[NoShow]:
    return list(
        session().scalars(
            unscoped(select(NoShow).where(NoShow.member_id == member_id).order_by(NoShow.id), why="oneself")
        )
    )


PERSONAL = PersonalData("chapters.volunteers", _l("志愿服务"), export, erase)
