"""The steps of a campaign: every way by every role, four eyes, due moves exactly once, what components hear."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.campaigns import components, moving, queries, services, states
from unionhall.campaigns.models import Campaign, State, Step
from unionhall.campaigns.services import Basics, ChangedMeanwhile
from unionhall.hooks.types import SYSTEM, Role
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped

ROLES = {"campaigns.edit": {Role.EDITOR, Role.CHIEF_EDITOR}, "campaigns.approve": {Role.CHIEF_EDITOR},
         "campaigns.run": {Role.EDITOR, Role.CHIEF_EDITOR}}  # fmt: skip


def find(campaign_id):
    return db.session().scalar(unscoped(select(Campaign).where(Campaign.id == campaign_id), why="test"))


@pytest.mark.parametrize("action", list(states.TRANSITIONS))
def test_every_way_by_every_role_from_every_state(work, make, campaigns, action):
    way, wrong = states.TRANSITIONS[action], []
    with work():
        org = make.org()
        actors = {role: make.actor(role, org) for role in Role}
        for state in State:
            campaign = campaigns.create(state.value, org=org)
            for role, actor in actors.items():
                allowed = state in way.sources and role in ROLES[way.permission]
                nested = db.session().begin_nested()
                try:
                    moving.move(campaign, action, actor=actor, now=clock.now(), reason="台风")
                    happened = campaign.state == way.target
                except Conflict:
                    happened = False
                    wrong += [(state, role, "conflict")] if state in way.sources else []
                except NotAllowed:
                    happened = False
                nested.rollback()
                db.session().refresh(campaign)
                if happened is not allowed:
                    wrong.append((state, role, happened))
    assert wrong == []


def test_a_neighbours_chief_may_do_nothing(work, make, campaigns):
    with work():
        ours, theirs = make.org(), make.org()
        chief = make.actor(Role.CHIEF_EDITOR, theirs)
        campaign = campaigns.create("review", org=ours)
        assert states.open_ways(chief, campaign) == []
        with pytest.raises(NotAllowed):
            moving.move(campaign, "approve", actor=chief, now=clock.now())


@pytest.mark.both
def test_nobody_approves_their_own(work, make, campaigns):
    with work():
        org = make.org()
        author, other = make.actor(Role.CHIEF_EDITOR, org), make.actor(Role.CHIEF_EDITOR, org)
        made = campaigns.create(org=org, actor=author)
        moving.move(made, "submit", actor=other, now=clock.now())
        for person in (author, other):
            assert not states.may(person, "approve", made)
            with pytest.raises(NotAllowed, match="另一位审批人"):
                moving.move(made, "approve", actor=person, now=clock.now())
        moving.move(made, "approve", actor=make.actor(Role.CHIEF_EDITOR, org), now=clock.now())
        assert made.state == State.SCHEDULED


@pytest.mark.both
def test_the_database_itself_refuses_an_author_as_reviewer(work, make, campaigns):
    with pytest.raises(IntegrityError), work():
        author = make.actor(Role.CHIEF_EDITOR)
        campaign = campaigns.create(actor=author)
        campaign.reviewed_by = author.account_id
        db.session().flush()


@pytest.mark.parametrize(
    ("fields", "what"),
    [({"summary": ""}, "一句话介绍"), ({"starts_at": None}, "开始和结束时间"), ({"text": ""}, "还没有内容"), ({"text": "<p> </p>"}, "还没有写正文")],
)
def test_what_is_missing_is_named_before_review(work, campaigns, fields, what):
    with work():
        campaign = campaigns.create(**fields)
        with pytest.raises(RuleBroken, match=what):
            campaigns.move(campaign, "submit")
        assert campaign.state == State.DRAFT


def test_a_reason_is_asked_and_kept_in_the_history(work, campaigns):
    with work():
        campaign = campaigns.create("running")
        with pytest.raises(RuleBroken, match="原因"):
            campaigns.move(campaign, "pause", reason=" \u200b ")
        with pytest.raises(RuleBroken, match="最多"):
            campaigns.move(campaign, "pause", reason="长" * 401)
        campaigns.move(campaign, "pause", reason="台风，另行通知。")
        assert (campaign.reason, queries.steps(campaign)[-1].reason) == ("台风，另行通知。",) * 2
        campaigns.move(campaign, "resume")
        assert campaign.reason == ""


def test_the_author_is_told_once(work, make, campaigns):
    with work():
        author = make.actor(Role.EDITOR)
        campaign = campaigns.create(actor=author)
        moving.move(campaign, "submit", actor=author, now=clock.now())
        campaigns.move(campaign, "return", reason="请补雨天安排。")
        told = db.session().scalars(select(Notice)).all()
        assert [(item.kind, item.account_id) for item in told] == [("campaigns.returned", author.account_id)]
        assert told[0].values["reason"] == "请补雨天安排。"


@pytest.mark.both
def test_due_moves_happen_exactly_once_with_two_workers(app, work, campaigns):
    with work():
        campaign = campaigns.create("scheduled")
        campaign_id, starts, ends = campaign.id, campaign.starts_at, campaign.ends_at
    start = Barrier(2)

    def run(moment):
        with app.app_context():
            try:
                start.wait()
                return moving.run_due(moment)
            finally:
                db.session().remove()

    for moment, state, action in ((starts, "running", "start"), (ends, "ended", "end")):
        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(run, [moment, moment])) == 1
        with work():
            found = find(campaign_id)
            assert found.state == state
            assert [item.action for item in queries.steps(found)].count(action) == 1


@pytest.mark.both
def test_nothing_moves_before_its_second(app, work, campaigns):
    with work():
        campaign = campaigns.create("scheduled")
        campaign_id, starts, ends = campaign.id, campaign.starts_at, campaign.ends_at
    second = timedelta(seconds=1)
    with app.app_context():
        assert [moving.run_due(moment) for moment in (starts - second, starts, ends - second, ends, ends)] == [0, 1, 0, 1, 0]
    with work():
        found = find(campaign_id)
        assert (found.state, found.ended_at) == ("ended", ends)


def test_one_that_is_approved_after_its_start_begins_at_once(work, campaigns):
    with work():
        now = clock.now()
        campaign = campaigns.create("review", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1))
        campaigns.move(campaign, "approve")
        assert (campaign.state, campaign.starts_at) == ("running", now - timedelta(hours=1))


def test_an_early_start_keeps_the_order_of_days(work, campaigns):
    with work():
        campaign = campaigns.create("running")
        assert campaign.starts_at == clock.now() < campaign.ends_at


def test_components_hear_of_every_move_in_the_same_unit_of_work(app, work, campaigns, offered):
    heard = []

    def moved(view, before, after, actor, now):
        heard.append((view.title, before, after))
        if after == "paused":
            raise RuleBroken("正在抽奖，等抽完再暂停。")

    offered.add("test.draw", moved=moved)
    with work():
        campaign = campaigns.create()
        components.add(campaign, "test.draw", title="抽奖", actor=SYSTEM, now=clock.now())
        for action in ("submit", "approve", "start"):
            campaigns.move(campaign, action)
        campaign_id = campaign.id
    assert heard == [("抽奖", "draft", "review"), ("抽奖", "review", "scheduled"), ("抽奖", "scheduled", "running")]
    with pytest.raises(RuleBroken, match="正在抽奖"), work():
        campaigns.move(find(campaign_id), "pause")
    with work():
        assert find(campaign_id).state == "running"


def test_a_due_move_that_a_component_stops_holds_nothing_up_and_says_why(app, work, campaigns, offered):
    broken = [True]

    def moved(view, before, after, actor, now):
        if after == "running" and broken[0]:
            raise RuntimeError("boom")

    offered.add("test.bad", moved=moved)
    with work():
        bad = campaigns.create(title="卡住的")
        components.add(bad, "test.bad", actor=SYSTEM, now=clock.now())
        for action in ("submit", "approve"):
            campaigns.move(bad, action)
        good = campaigns.create("scheduled", title="好的")
        bad_id, good_id, due = bad.id, good.id, bad.starts_at
    with app.app_context():
        assert moving.run_due(due) == 1
    with work():
        assert (find(good_id).state, find(bad_id).state) == ("running", "scheduled")
        assert "组件出错" in find(bad_id).held
    broken[0] = False
    with app.app_context():
        assert moving.run_due(due + timedelta(seconds=1)) == 1
    with work():
        assert (find(bad_id).state, find(bad_id).held) == ("running", "")


@pytest.mark.both
def test_two_editors_and_the_second_is_told(work, make, campaigns):
    with work():
        campaign = campaigns.create()
        version = campaign.version
        services.save(campaign, Basics(title="甲改的"), version=version, actor=SYSTEM, now=clock.now())
        with pytest.raises(ChangedMeanwhile):
            services.save(campaign, Basics(title="乙改的"), version=version, actor=SYSTEM, now=clock.now())
        assert campaign.title == "甲改的"


def test_what_people_took_part_under_stays(work, campaigns):
    with work():
        campaign, now = campaigns.create("running"), clock.now()

        def save(**fields):
            given = {"title": "改名", "summary": "改", "starts_at": campaign.starts_at, "ends_at": campaign.ends_at}
            services.save(campaign, Basics(**(given | fields)), version=campaign.version, actor=SYSTEM, now=now)

        for fields, field in (
            ({"starts_at": now + timedelta(hours=1)}, "starts_at"), ({"audience": "public"}, "audience"), ({"ends_at": None}, "ends_at"),
            ({"ends_at": now + timedelta(microseconds=0)}, "ends_at"),
        ):  # fmt: skip
            with pytest.raises(RuleBroken) as refused:
                save(**fields)
            assert refused.value.field == field
        save(ends_at=now + timedelta(days=90))
        assert queries.steps(campaign)[-1].action == "change"


def test_what_was_approved_is_changed_only_by_those_who_approve(work, make, campaigns):
    with work():
        campaign = campaigns.create("scheduled")
        with pytest.raises(NotAllowed):
            states.require_edit(make.actor(Role.EDITOR), campaign)
        states.require_edit(make.actor(Role.CHIEF_EDITOR), campaign)
        waiting = campaigns.create("review")
        with pytest.raises(Conflict, match="不能修改"):
            states.require_edit(SYSTEM, waiting)


def test_steps_are_never_lost_when_the_same_button_is_pressed_twice(work, campaigns):
    with work():
        campaign = campaigns.create("running")
        campaigns.move(campaign, "end")
        with pytest.raises(Conflict):
            campaigns.move(campaign, "end")
        assert len(db.session().scalars(select(Step).where(Step.action == "end")).all()) == 1
