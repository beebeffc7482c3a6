"""The component of a campaign, the panel on public pages, and what plugins use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unionhall import plugin
from unionhall.base import clock
from unionhall.base.errors import RuleBroken
from unionhall.hooks.components import ComponentView
from unionhall.hooks.types import SYSTEM
from unionhall.signups import block, people, queries
from unionhall.signups.enrolling import Enrolment, enrol
from unionhall.signups.models import Kind, SheetState, State
from unionhall.signups.sheets import Setup


def view(make, **more):
    filled = {"id": 7, "campaign_id": 3, "kind": "signups.sheet", "title": "报名", "config": {}, "org_id": make.root.id, "org_path": make.root.path,
              "state": "draft", "starts_at": None, "ends_at": None, "audience": "members", "campaign_title": "健康月"}  # fmt: skip
    return ComponentView(**(filled | more))


def test_a_campaigns_sheet_comes_moves_and_goes_with_it(app, work, make, signups):
    with work(), app.test_request_context():
        kind, here, now = block.SHEET, view(make), clock.now()
        config = kind.added(here, SYSTEM, now)
        sheet = queries.sheet(config["sheet"])
        assert (sheet.title, sheet.state, sheet.audience) == ("健康月", SheetState.HELD, "members")
        assert [str(text) for text in kind.lacks(here)] == ["报名表没有截止时间。"]
        assert kind.setup_url(here) == f"/desk/signups/{sheet.id}/settings"
        kind.moved(here, "draft", "running", SYSTEM, now)
        assert sheet.state == SheetState.OPEN
        assert "我要报名" in kind.render(here, now)
        signups.ask(sheet, Kind.CHOICE, "工种", options=[("电工", 2), "茶艺"])
        signups.join(sheet)
        assert next(figure.people for figure in kind.figures(here)) == 1
        assert "1 人" in kind.result(here, now)
        with pytest.raises(RuleBroken):
            kind.removed(here, SYSTEM, now)
        there = replace(here, id=8, campaign_id=4)
        copied = queries.sheet(kind.copied(here, there, SYSTEM, now)["sheet"])
        assert ([field.label for field in copied.fields], copied.taken) == (["工种"], 0)
        assert [(choice.quota, choice.taken) for choice in copied.fields[0].choices] == [(2, 0), (None, 0)]
        kind.removed(there, SYSTEM, now)
        assert queries.of_owner(block.OWNER, 8) is None
        kind.moved(here, "running", "ended", SYSTEM, now)
        assert "报名已截止" in kind.render(here, now)


def test_the_panel_holds_nothing_personal_and_says_what_is_left(app, work, make, signups):
    with work(), app.test_request_context():
        sheet = signups.sheet(places=2)
        member = make.member(account=True, name="何秀英")
        signups.join(sheet, member)
        shown = block.panel(sheet, clock.now())
        assert "还有 1 个名额" in shown
        assert "何秀英" not in shown
        signups.join(sheet)
        assert "已满，可候补" in block.panel(sheet, clock.now())


def test_plugins_make_sheets_and_sign_people_up(app, work, make):
    with work(), app.test_request_context():
        now = clock.now()
        sheet = plugin.create_sheet("courses.session", 5, plugin.SheetSetup("急救课", places=1), org=make.root, actor=SYSTEM, now=now)
        entry = plugin.sign_up(sheet, plugin.applicant_of(make.member(account=True)), plugin.SignUp(), actor=SYSTEM, now=now)
        assert plugin.sheet_of("courses.session", 5) is sheet
        assert "看报名" in plugin.sheet_panel(sheet, now) or "去候补" in plugin.sheet_panel(sheet, now)
        plugin.cancel_sign_up(entry, actor=SYSTEM, now=now)
        assert plugin.sheet_figures(sheet)[0].people == 0


@pytest.mark.both
def test_many_are_enrolled_in_a_few_statements_or_nobody_is(work, make, signups):
    with work():
        sheet = signups.sheet(places=300)
        field = signups.ask(sheet, Kind.CHOICE, "工种", options=[("电工", 150), "茶艺"])
        electric, now = field.choices[0].id, clock.now()

        def crowd(start, number, **more):
            return [Enrolment(people.Applicant(f"g:{n}", f"人{n}", f"g:{n}"), now, **more) for n in range(start, start + number)]

        assert enrol(sheet, crowd(0, 100, picks=(electric,)), actor=SYSTEM, now=now) == 100
        assert enrol(sheet, crowd(100, 40, state=State.CANCELLED), actor=SYSTEM, now=now) == 40
        with pytest.raises(RuleBroken):
            enrol(sheet, crowd(200, 201), actor=SYSTEM, now=now)
        assert (sheet.taken, signups.join(sheet).number) == (100, 141) or (sheet.taken, sheet.last_number) == (101, 141)


def test_the_setup_of_a_sheet_refuses_what_contradicts_itself(work, make):
    with work():
        for wrong in (Setup(" "), Setup("x", unit="team", team_min=3, team_max=2), Setup("x", audience="subtree")):
            with pytest.raises(RuleBroken):
                plugin.create_sheet("tests.thing", 1, wrong, org=make.root, actor=SYSTEM, now=clock.now())
