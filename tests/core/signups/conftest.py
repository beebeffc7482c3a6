"""What tests of sign-ups share: a sheet, its questions, people who sign up."""

from __future__ import annotations

import pytest

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.signups import entries, people, places, questions, sheets
from unionhall.signups.entries import Wish
from unionhall.signups.models import Kind
from unionhall.signups.questions import Option, Question
from unionhall.signups.sheets import Setup


class Signups:
    """Makes sheets and entries inside the unit of work that is open."""

    def __init__(self, make):
        self.make = make

    def sheet(self, org=None, **setup):
        return sheets.create_sheet(
            "tests.thing", 1, Setup(**({"title": "工间操比赛"} | setup)), org=org or self.make.root, actor=SYSTEM, now=clock.now()
        )

    def ask(self, sheet, kind=Kind.TEXT, label="班组", **more):
        options = tuple(Option(*item) if isinstance(item, tuple) else Option(item) for item in more.pop("options", ()))
        return questions.add(sheet, Question(kind, label, options=options, **more), actor=SYSTEM, now=clock.now())

    def join(self, sheet, member=None, **wish):
        member = member or self.make.member(account=True)
        return entries.sign_up(sheet, people.of_member(member), Wish(**wish), actor=SYSTEM, now=clock.now())

    def cancel(self, entry):
        entries.cancel(entry, actor=SYSTEM, now=clock.now())

    def fresh(self, sheet):
        return places.lock(sheet.id)


@pytest.fixture
def signups(make):
    """Return the factory of sheets and entries."""
    return Signups(make)
