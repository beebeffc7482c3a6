"""The demo's members are stored: in a few statements, each with accounts, consents and a history that fits their days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from unionhall.accounts import demo as accounts
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.members import consents, identity, roster_bulk
from unionhall.members.demo_people import Person
from unionhall.members.models import Member, Membership, MembershipChange, Status
from unionhall.members.own_models import Consent
from unionhall.orgs.models import Org
from unionhall.platform import audit
from unionhall.platform.access import unscoped

STEPS = {
    Status.SUSPENDED: ("suspend", "长期外派，本人申请暂停"),
    Status.KEPT: ("keep", "已办退休，保留会籍"),
    Status.LEFT: ("leave", "离开本市，本人申请退会"),
}
MORNING = timedelta(hours=9)


def store(people: Sequence[Person], places: Mapping[str, Org], now: datetime) -> list[int]:
    """Enrol everybody as on the day they joined; returns the members' ids in the people's order."""
    ready = [
        roster_bulk.ready(
            places[each.org].id, each.name, each.number, mobile=each.mobile, employer=each.employer, job=each.job, joined_on=each.joined,
            status=(Status.ACTIVE if each.status is Status.LEFT else each.status).value,
        )
        for each in people
    ]  # fmt: skip
    made = roster_bulk.insert_people(ready, act="joined", today=clock.local_day(now), actor=SYSTEM, now=now)
    ids, held = [made[each.id_hash][0] for each in ready], [made[each.id_hash][1] for each in ready]
    _date_back(people, ids, held, now)
    _step(people, ids, held)
    _activate(people, ids, places, now)
    db.session().expire_all()
    audit.record("members.enrolled", "members", actor=SYSTEM, now=now, people=len(ids))
    return ids


def join_associations(
    people: Sequence[Person], ids: Sequence[int], chosen: Mapping[str, Sequence[tuple[int, date]]], places: Mapping[str, Org], now: datetime
) -> None:
    """Give members a second union; `chosen` maps associations to places in `people` and days."""
    rows, days = [], {}
    for org, members in chosen.items():
        for at, day in members:
            moment = _moment(day, now)
            days[ids[at], places[org].id] = moment
            rows.append({
                "member_id": ids[at], "org_id": places[org].id, "is_primary": False, "status": Status.ACTIVE.value, "joined_on": day,
                "created_at": moment, "updated_at": moment,
            })  # fmt: skip
    made = db.session().execute(insert(Membership).returning(Membership.member_id, Membership.org_id, Membership.id), rows)
    changes = [
        _change(row.member_id, row.id, "second", Status.ACTIVE, days[row.member_id, row.org_id], reason="参加协会活动") for row in made
    ]
    db.session().execute(insert(MembershipChange), changes)


def _moment(day: date, now: datetime) -> datetime:
    return min(clock.first_moment(day) + MORNING, now)


def _date_back(people: Sequence[Person], ids: Sequence[int], held: Sequence[int], now: datetime) -> None:
    """Say that everybody was enrolled on the day they joined."""
    moments = [_moment(each.joined, now) for each in people]
    for table, keys in ((Member, ids), (Membership, held)):
        rows = [{"id": key, "created_at": at, "updated_at": at} for key, at in zip(keys, moments, strict=True)]
        db.session().execute(update(table), rows)
    by_place = dict(zip(held, moments, strict=True))
    steps = db.session().execute(select(MembershipChange.id, MembershipChange.membership_id))
    db.session().execute(update(MembershipChange), [{"id": row.id, "at": by_place[row.membership_id]} for row in steps])


def _step(people: Sequence[Person], ids: Sequence[int], held: Sequence[int]) -> None:
    """Take those who are not active any more to where they stand."""
    changes, gone = [], []
    for each, member_id, place in zip(people, ids, held, strict=True):
        if each.stepped_on is None:
            continue
        act, reason = STEPS[each.status]
        at = clock.first_moment(each.stepped_on) + MORNING
        changes.append(_change(member_id, place, act, each.status, at, reason=reason))
        if each.status is Status.LEFT:
            gone.append({"id": place, "status": each.status.value, "ended_on": each.stepped_on, "updated_at": at})
    db.session().execute(insert(MembershipChange), changes)
    db.session().execute(update(Membership), gone)


def _change(member_id: int, place: int, act: str, status: Status, at: datetime, *, reason: str) -> dict[str, Any]:
    return {
        "member_id": member_id, "membership_id": place, "act": act, "status": status.value, "at": at, "reason": reason, "detail": {},
    }  # fmt: skip


def _activate(people: Sequence[Person], ids: Sequence[int], places: Mapping[str, Org], now: datetime) -> None:
    """Give those who activated an account without a password, a consent, and the link; the demo's own accounts are linked."""
    rows, who = [], {}
    for each, member_id in zip(people, ids, strict=True):
        if each.activated is None:
            continue
        phone = {"phone_sealed": identity.seal_mobile(each.mobile), "phone_hash": identity.mobile_hash(each.mobile)}
        if each.login:
            account = accounts.account(each.login)
            account.phone_sealed, account.phone_hash = phone["phone_sealed"], phone["phone_hash"]
            who[account.login] = (member_id, account.id, each.activated)
            continue
        login = f"hy{each.mobile[-8:]}"
        who[login] = (member_id, 0, each.activated)
        rows.append({
            "org_id": places[each.org].id, "login": login, "login_key": login, "name": each.name, "created_at": each.activated, **phone,
        })  # fmt: skip
    db.session().flush()
    made = db.session().execute(insert(Account).returning(Account.login, Account.id), rows)
    for row in made:
        member_id, _none, at = who[row.login]
        who[row.login] = (member_id, row.id, at)
    text = consents.current_text()
    links = [{"id": member, "account_id": account, "activated_at": at} for member, account, at in who.values()]
    db.session().execute(update(Member), links)
    db.session().execute(insert(Consent), [
        {"account_id": account, "purpose": consents.ACTIVATION, "version": text.version, "text_hash": text.digest, "given_at": at}
        for _member, account, at in who.values()
    ])  # fmt: skip


def member(member_id: int) -> Member:
    """Return one of the demo's members."""
    return db.session().scalars(unscoped(select(Member).where(Member.id == member_id), why="demo")).one()
