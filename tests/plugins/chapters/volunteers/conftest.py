"""What tests of volunteers share: a team with people, a shift, a scan."""

from __future__ import annotations

import re
import threading
from datetime import date, time

import pytest
from sqlalchemy.exc import OperationalError

from unionhall.accounts.administration import grant
from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.hooks.types import SYSTEM
from unionhall.orgs.models import Org
from unionhall.signups import checkin, entries, people, queries
from unionhall_chapters.volunteers import queries as reads
from unionhall_chapters.volunteers import shifts, teams
from unionhall_chapters.volunteers.shifts import ShiftFields
from unionhall_chapters.volunteers.teams import TeamFields

FIELDS = TeamFields("文明引导队", "civility", "早晚高峰在地铁口引导。", kit="红马甲", agreement="守时。")


class Volunteers:
    """Makes teams, their people and shifts inside the unit of work that is open."""

    def __init__(self, make, chapter):
        self.make, self.chapter = make, chapter

    def team(self, people=2, chapter=None, fields=FIELDS):
        """Return (chapter, team, members); the first member leads it."""
        here = chapter or self.chapter(name="太极协会工会", slug="taiji")
        team = teams.found_team(here, fields, actor=SYSTEM, now=clock.now())
        return here, team, [self.member(here, team, leader=number == 0) for number in range(people)]

    def member(self, here, team, *, leader=False, name=""):
        org = db.session().get(Org, here.org_id)
        member = self.make.member(self.make.root, account=True, also=(org,), name=name)
        row = teams.ask(team, member.id, agreed=True, actor=SYSTEM, now=clock.now())
        teams.decide(here, row, yes=True, actor=SYSTEM, now=clock.now())
        if leader:
            teams.lead(here, row, leads=True, actor=SYSTEM, now=clock.now())
        return member

    def shift(self, here, team, day=date(2026, 5, 16), **more):
        fields = ShiftFields(**({"title": "东津站引导", "day": day, "begins": time(7, 30), "ends": time(9, 30), "place": "东津站 B 口", "places": 2} | more))
        made = shifts.plan(here, team, fields, actor=SYSTEM, now=clock.now())
        return made[0] if made else None

    def join(self, shift, member, **wish):
        return entries.sign_up(reads.sheet(shift), people.of_member(member), entries.Wish(**wish), actor=SYSTEM, now=clock.now())

    def scan(self, shift, member, came=None, went=None):
        entry = queries.live(reads.sheet(shift).id, people.of_member(member))
        if came:
            checkin.note_in(entry, actor=SYSTEM, now=came)
        if went:
            checkin.note_out(entry, actor=SYSTEM, now=went)

    def officer(self, here, role="chapters.officer"):
        account = self.make.account()
        grant(account, role, db.session().get(Org, here.org_id), actor=SYSTEM, now=clock.now())
        return account


@pytest.fixture
def volunteers(make, chapter):
    """Return the factory of teams and shifts."""
    return Volunteers(make, chapter)


@pytest.fixture
def send():
    """Return `send(client, url, **values)`: a form sent from the page that it stands on."""

    def post(client, url, *, page=None, **values):
        shown = client.get(page or url).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown).group(1)
        return client.post(url, data={"csrf_token": token, **values})

    return post


@pytest.fixture
def at_once(app):
    """Return `at_once([act, …])`."""

    def run(acts):
        """Do everything at once in threads, each tried again while the database is busy; returns what each raised, None for done."""
        gate, found = threading.Barrier(len(acts)), [None] * len(acts)

        def one(place, act):
            with app.app_context():
                gate.wait()
                for _again in range(60):
                    try:
                        with db.unit_of_work():
                            act()
                    except OperationalError:
                        continue
                    except UnionHallError as error:
                        found[place] = error
                    break
                db.session().remove()

        crew = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        return found

    return run
