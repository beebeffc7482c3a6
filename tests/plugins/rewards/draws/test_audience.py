"""A draw for some unions only, said in words and frozen; limits of a day; prizes for the evening; what rules of spending say."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped
from unionhall.platform.audit import AuditEntry
from unionhall_rewards.draws import audience, drafting, entering, publishing, queries, uhd1, verifying
from unionhall_rewards.draws.drafting import PrizeTerms, Terms
from unionhall_rewards.draws.keeping import hand_over
from unionhall_rewards.draws.models import Draw

DAY = date(2026, 5, 14)
TEXTS = {"organiser": "云麓省总工会", "contact": "0570-88001234", "rules": "中奖即到券包。", "public_source": "测试信标"}
SURE = {"ppm": 1_000_000}


@pytest.fixture
def narrow(at, work, make, rounds, mall):
    """A draw for two of three unions, open since 9:40; returns its id and {name: member id} of one inside each, one outside, a clerk."""
    with work():
        east, west, south = (make.org(make.root, name=name) for name in ("东市总工会", "西市总工会", "南市总工会"))
        below = make.org(east, OrgKind.STREET, name="东一街道工会")
        people = {"east": make.member(below, account=True), "west": make.member(west, account=True), "south": make.member(south, account=True)}
        clerk = make.member(east, account=True)
        mall.clerk(mall.store(), member_id=clerk.id)
        draw_id, _members = rounds.published(SURE, people=1, audience=[east.id, west.id])
        ids = {name: member.id for name, member in people.items()} | {"clerk": clerk.id, "root": _members[0]}
        accounts = {name: member.account_id for name, member in people.items()}
    at("2026-05-14 10:00")
    return draw_id, ids, accounts


@pytest.mark.both
def test_only_members_of_the_chosen_unions_take_part(work, narrow):
    draw_id, ids, _accounts = narrow
    with work():
        for name in ("east", "west"):
            assert entering.enter(draw_id, ids[name], "quiz.attempt", 1, day=DAY, now=clock.now()).state == "won"
            assert audience.why_not(draw_id, ids[name]) == ""
        for name in ("south", "root", "clerk"):
            with pytest.raises(RuleBroken) as told:
                entering.enter(draw_id, ids[name], "quiz.attempt", 1, day=DAY, now=clock.now())
            assert told.value.code == "draw-not-eligible"
        assert "东市总工会、西市总工会和下级的会员" in audience.why_not(draw_id, ids["south"])
        assert "在门店收银的人" in audience.why_not(draw_id, ids["clerk"])
        spec = publishing.parsed(queries.existing(draw_id))
        assert (spec["audience_names"], len(spec["audience_orgs"]), spec["eligible_count"]) == (["东市总工会", "西市总工会"], 2, 2)


def test_who_is_activated_later_is_told_so(work, make, narrow):
    draw_id, _ids, _accounts = narrow
    with work():
        east = next(org for org in audience.orgs(queries.existing(draw_id)) if org.name == "东市总工会")
        late = make.member(east, account=True)
        assert "2026-05-14 09:30 公布时就定好了" in audience.why_not(draw_id, late.id)
        assert audience.why_not(987654, late.id) == ""


@pytest.mark.both
@pytest.mark.parametrize("change", ["audience = '[1]'", "day_wins = 9", "most_wins = 9", "month_wins = 9", "late_from = 60"])
def test_what_was_published_of_it_is_never_changed(work, narrow, change):
    with pytest.raises(DBAPIError, match="not changed"), work() as session:
        session.execute(text(f"UPDATE rewards_draw SET {change} WHERE id = {narrow[0]}"))


@pytest.mark.both
@pytest.mark.parametrize("change", ["per_day = 9", "late = null, per_day = 8"])
def test_nor_are_a_days_prizes(work, narrow, change):
    with pytest.raises(DBAPIError, match="not changed"), work() as session:
        session.execute(text(f"UPDATE rewards_prize SET {change} WHERE draw_id = {narrow[0]}"))


def test_the_pages_say_for_whom_and_why_not(app, client, login, narrow, work):
    draw_id, _ids, accounts = narrow
    with work():
        key = queries.existing(draw_id).key
    page = client.get(f"/rewards/draws/{key}/").text
    assert "东市总工会、西市总工会和下级的会员" in page and "谁不参加" in page and "会籍不在上面这些工会的" in page
    outside, inside = app.test_client(), app.test_client()
    login(outside, accounts["south"])
    login(inside, accounts["east"])
    assert "这次抽奖没有你" in outside.get(f"/rewards/draws/{key}/mine").text
    assert "这次抽奖没有你" not in inside.get(f"/rewards/draws/{key}/mine").text


def terms(**fields):
    now = clock.now()
    filled = {
        "title": "会员日抽奖", "algo": "UHI1", "opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(days=3),
        "public_at": now + timedelta(minutes=30), "prizes": (PrizeTerms("毛巾", 20, 1_000, 500_000, 10, late=4),), **TEXTS,
    }  # fmt: skip
    return Terms(**filled | fields)


def test_a_draft_is_narrowed_to_unions_of_its_own(work, make):
    with work():
        city = make.org(make.root, name="市总工会")
        district, other = make.org(city, OrgKind.DISTRICT, name="区总工会"), make.org(make.root)
        street = make.org(district, OrgKind.STREET)
        draw = drafting.create(city, terms(audience=(street.id, district.id, district.id)), actor=SYSTEM, now=clock.now())
        assert (draw.audience, audience.words(draw)) == ([district.id], "区总工会和下级的会员")
        drafting.save(draw, terms(audience=(city.id, street.id)), version=1, actor=SYSTEM, now=clock.now())
        assert (draw.audience, audience.words(draw)) == ([], "市总工会和下级的会员")
        for wrong in ((other.id,), (987654,), tuple(range(1, 200))):
            with pytest.raises(RuleBroken):
                drafting.save(draw, terms(audience=wrong), version=2, actor=SYSTEM, now=clock.now())
        assert [org.id for org in audience.choices(city, SYSTEM)] == [district.id, street.id]


def test_a_union_that_is_merged_away_leaves_its_members_in_the_draft(work, make):
    with work():
        old, new = make.org(make.root), make.org(make.root)
        draw = drafting.create(make.root, terms(audience=(old.id,)), actor=SYSTEM, now=clock.now())
        hand_over(old.id, new.id)
        db.session().refresh(draw)
        assert draw.audience == [new.id]


def test_the_desk_narrows_a_draft(work, make, person, send):
    with work():
        org_id = make.org(make.root, name="北市总工会").id
    writer = person(Role.ORG_ADMIN)
    page = writer.get("/desk/rewards/draws/new").text
    assert "北市总工会" in page and "其中留到晚上" in page
    sent = {
        "title": "五一抽奖", "algo": "UHI1", "fund": "", "opens_at": "2026-05-15T08:00", "closes_at": "2026-05-20T20:00", "tries_a_day": "3",
        "most_wins": "1", "day_wins": "1", "public_source": "福彩 3D", "public_at": "2026-05-14T21:00", "reveal_minutes": "60",
        "organiser": "云麓省总工会", "contact": "电话 0570-88001234", "rules": "规则", "audience": str(org_id), "late_from": "19:30",
        "prizes-0-name": "毛巾", "prizes-0-yuan": "10", "prizes-0-quantity": "5", "prizes-0-percent": "20", "prizes-0-per_day": "3",
        "prizes-0-late": "2",
    }  # fmt: skip
    made = send(writer, "/desk/rewards/draws/new", **sent)
    assert made.status_code == 303, made.text
    with work() as session:
        draw = session.scalars(unscoped(select(Draw), why="test")).unique().one()
        assert (draw.audience, draw.day_wins, draw.tries_a_day, draw.late_from, draw.prizes[0].late) == ([org_id], 1, 3, 1170, 2)
    form = writer.get(made.location + "edit").text
    assert re.search(rf'<input[^>]*\bchecked\b[^>]*value="{org_id}"', form)
    wrong = send(writer, made.location + "edit", **sent | {"prizes-0-late": "9", "version": "1"})
    assert wrong.status_code == 422 and "不能多于每天的份数" in wrong.text and "五一抽奖" in wrong.text


@pytest.mark.both
def test_three_chances_a_day_one_win_a_day_two_in_all(at, work, rounds):
    at("2026-05-14 09:30")
    with work():
        draw_id, (member, *_rest) = rounds.published(SURE, tries_a_day=3, day_wins=1, most_wins=2)
    at("2026-05-14 10:00")
    with work():
        made = [entering.enter(draw_id, member, "quiz.attempt", n, day=DAY, now=clock.now(), number=None) for n in (1, 2, 3)]
        assert [one.state for one in made] == ["won", "none", "none"]
        assert [one.code.partition(".")[2] for one in made] == ["1", "2", "3"]
        again = entering.enter(draw_id, member, "quiz.attempt", 2, day=DAY, now=clock.now(), number=None)
        assert again.code == made[1].code
        with pytest.raises(RuleBroken) as told:
            entering.enter(draw_id, member, "quiz.attempt", 4, day=DAY, now=clock.now(), number=None)
        assert told.value.code == "draw-no-chance"
    states = []
    for day in (15, 16):
        now = at(f"2026-05-{day} 10:00")
        with work():
            states.append(entering.enter(draw_id, member, "quiz.attempt", day, day=date(2026, 5, day), now=now, number=None).state)
    assert states == ["won", "none"]


def test_the_published_file_shows_who_won_too_often_on_a_day():
    spec = {"prizes": [{"id": "P1", "qty": 9}], "day_wins": 1}
    told = [("ABC.1", 1, "P1", ""), ("ABC.2", 1, "P1", ""), ("ABC.11", 1, "P1", "")]
    assert list(verifying._limits(told, spec)) == ["results: somebody won more than 1 times on a day"]
    assert list(verifying._limits(told[::2], spec)) == []
    assert uhd1.holder("ABC.11") == "ABC"


@pytest.mark.both
def test_what_is_kept_for_the_evening_is_not_given_before(at, work, rounds):
    at("2026-05-14 09:30")
    with work():
        draw_id, members = rounds.published(SURE | {"quantity": 10, "per_day": 3, "late": 2}, people=5, fallback=False)
        assert publishing.parsed(queries.existing(draw_id))["prizes"][0]["late"] == 2
    states = []
    for moment, member in zip(("10:00", "17:59", "18:00", "20:00", "21:00"), members, strict=True):
        now = at(f"2026-05-14 {moment}")
        with work():
            states.append(entering.enter(draw_id, member, "quiz.attempt", 1, day=DAY, now=now).state)
    assert states == ["won", "none", "won", "won", "none"]


def test_a_chance_of_a_day_that_is_over_takes_from_all_of_its_prizes(at, work, rounds):
    at("2026-05-14 09:30")
    with work():
        draw_id, members = rounds.published(SURE | {"per_day": 2, "late": 1}, people=2)
    now = at("2026-05-15 08:00")
    with work():
        assert [entering.enter(draw_id, one, "quiz.attempt", 1, day=DAY, now=now).state for one in members] == ["won", "won"]


def test_the_rules_of_spending_speak_before_publishing_and_are_kept(work, make, mall, person, rounds):
    with work() as session:
        for _n in range(4):
            make.member(account=True)
        fund = mall.fund(source_code="")
        kind = mall.kind(fund, face=60_000)
        draw = drafting.create(
            make.root, terms(fund_id=fund.id, prizes=(PrizeTerms("大券", 4, ppm=10, pack={kind.id: 1}),)), actor=SYSTEM, now=clock.now()
        )
        assert [each.code for each in drafting.rule_warnings(draw)] == ["person", "share", "source", "show-at-once"]
        draw_id = draw.id
        session.flush()
    page = person(Role.ORG_ADMIN).get(f"/desk/rewards/draws/{draw_id}/publish").text
    for words in ("最多能得 600 元", "超过规定的 50%", "没有填来源科目", "要随开随公示"):
        assert words in page
    with work() as session:
        publishing.publish(draw_id, actor=SYSTEM, now=clock.now())
    with work() as session:
        event = session.scalars(select(AuditEntry.event).where(AuditEntry.act == "rewards.draw_published")).one()
        assert "person share source show-at-once" in event
