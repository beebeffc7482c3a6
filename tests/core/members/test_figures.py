"""Figures of the roster count people, each once, as things were at the end of the period; exports are masked."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
from unionhall.accounts.models import Account
from unionhall.base import clock
from unionhall.base.errors import NotAllowed
from unionhall.hooks.types import SYSTEM
from unionhall.members import exporting, figures, roster
from unionhall.members.models import Look, Membership
from unionhall.members.roster_checks import Fields
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall.testing.rosters import person_number


def counted(work, org_id, since, until):
    with work() as session:
        path = session.get(Org, org_id).path
        return {found.name.removeprefix("members."): found.count(path, since, until) for found in figures.figures()}


@pytest.mark.both
def test_people_are_counted_as_they_were_at_the_end_of_each_period(house, work, at):
    def enrol(org_id, serial, joined):
        with work() as session:
            return roster.add(
                session.get(Org, org_id), Fields(f"会员{chr(0x4E00 + serial)}", person_number(serial), joined_on=joined), actor=SYSTEM, now=clock.now()
            ).id

    def place(member_id, org_id):
        with work() as session:
            return session.scalars(unscoped(
                select(Membership.id).where(Membership.member_id == member_id, Membership.org_id == org_id, Membership.ended_on.is_(None)), why="test"
            )).one()  # fmt: skip

    def step(member_id, org_id, name):
        membership_id = place(member_id, org_id)
        with work() as session:
            row = session.scalars(unscoped(select(Membership).where(Membership.id == membership_id), why="test")).one()
            roster.take_step(row, name, reason="x", actor=SYSTEM, now=clock.now())

    at("2026-05-14 10:00")
    one, two, three = enrol(house.one, 1, date(2026, 3, 1)), enrol(house.one, 2, date(2026, 5, 10)), enrol(house.two, 3, date(2026, 4, 1))
    with work() as session:
        roster.join_second(one, session.get(Org, house.two), reason="x", actor=SYSTEM, now=clock.now())
    at("2026-06-10 10:00")
    step(three, house.two, "suspend")
    at("2026-07-05 10:00")
    step(two, house.one, "leave")
    may, june, july = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
    found = counted(work, house.district, may, june)
    assert (found["total"], found["active"], found["suspended"], found["joined"], found["gone"]) == (3, 3, 0, 1, 0)
    found = counted(work, house.district, june, july)
    assert (found["total"], found["active"], found["suspended"], found["joined"], found["gone"]) == (3, 2, 1, 0, 0)
    found = counted(work, house.district, july, date(2026, 8, 1))
    assert (found["total"], found["active"], found["suspended"], found["gone"]) == (2, 1, 1, 1)
    assert counted(work, house.two, may, june)["joined"] == 1, "a second union has a new member, the district has not"
    assert counted(work, house.other, may, june)["total"] == 0


def test_the_export_is_masked_scoped_and_notes_looks_when_it_is_full(house, work, make, monkeypatch):
    with work() as session:
        make.member(session.get(Org, house.one), name="甲", id_number=person_number(1), mobile="13900000001", also=(session.get(Org, house.two),))
        make.member(session.get(Org, house.other), name="邻人")
    with work() as session:
        account = session.scalars(unscoped(select(Account).where(Account.id == house.admin), why="test")).one()
        actor, scope = make.actor_of(account), session.get(Org, house.district).path
        rows = list(exporting.rows(actor, scope, {"tab": "current", "nonsense": "x"}))
        assert [row[0] for row in rows] == ["甲"], "each person once, the neighbour's not at all"
        assert len(rows[0]) == len(exporting.header({}))
        assert person_number(1) not in str(rows)
        assert session.scalar(select(Look.id)) is None
        assert list(exporting.rows(actor, session.get(Org, house.other).path, {})) == []

        def refuse(_actor, _permission, _scope):
            raise NotAllowed

        monkeypatch.setattr(exporting, "require", refuse)
        with pytest.raises(NotAllowed):
            list(exporting.rows(actor, scope, {"full": "1"}))
        monkeypatch.setattr(exporting, "require", lambda *_who: None)
        rows = list(exporting.rows(actor, scope, {"full": "1"}))
        assert person_number(1) in rows[0]
        assert session.scalars(select(Look.what)).one() == "export"
