"""From the draft to the result: what is refused on the way, what is frozen, and that anybody can compute it again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.notices.models import Notice
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws import (
    checking,
    drafting,
    drawing,
    entering,
    forfeits,
    jobs,
    labels,
    merkle,
    pausing,
    proving,
    publishing,
    queries,
    verifying,
)
from unionhall_rewards.draws.drafting import PrizeTerms, Terms
from unionhall_rewards.draws.models import Compensation, Entry, Forfeit, Prize
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import Movement

POT = {"value_fen": 30_000, "name": "电饭煲", "quantity": 2}


@pytest.fixture
def batch(at, app, work, rounds):
    """A batch draw of two things, with five people in it, at its close: returns a function that goes on."""

    def made(*prizes, enters=5, **fields):
        at("2026-05-14 09:30")
        with work():
            draw_id, members = rounds.published(*(prizes or (POT,)), algo="UHD1", people=enters, **({"reserve": 2} | fields))
        at("2026-05-14 10:00")
        with work():
            for member in members:
                entering.enter(draw_id, member, "quiz.attempt", member, day=clock.local_day(clock.now()), now=clock.now())
        return draw_id, members

    return made


def tick(app):
    with app.app_context():
        jobs.tend(clock.now())
        db.session().remove()


def read_at(at, app, text="2026-05-24 09:35"):
    """Close the draw, then go on to when the public value is read."""
    at("2026-05-24 09:30")
    tick(app)
    return at(text)


def state(work, draw_id):
    with work():
        return queries.existing(draw_id).state


@pytest.mark.both
def test_a_batch_draw_from_its_close_to_its_result(at, app, work, rounds, batch):
    draw_id, members = batch()
    assert state(work, draw_id) == "published"
    tick(app)
    assert state(work, draw_id) == "open"
    now = read_at(at, app)
    with work():
        draw = rounds.get(draw_id)
        codes = queries.codes(draw_id)
        assert (draw.state, draw.entrants_count, draw.merkle_root) == ("frozen", 5, merkle.root(codes))
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
    with work():
        draw = rounds.get(draw_id)
        found, total = queries.winners(draw)
        assert (draw.state, total, len({w.entry.member_id for w in found} & set(members))) == ("done", 2, 2)
        assert [row.number for row in queries.results(draw_id)] == [1, 2, 1, 2]
        assert verifying.verify(json.loads(json.dumps(proving.bundle(draw)))) == []
        assert checking.findings(now) == []
        assert db.session().scalar(select(func.count(Notice.id))) == 2
        mine = entering.outcomes_of("quiz.attempt", members)
        assert sorted(made.state for made in mine.values()) == ["none", "none", "none", "won", "won"]


def test_the_job_reveals_once_the_value_is_confirmed(at, app, work, rounds, batch):
    draw_id, _members = batch()
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
    tick(app)
    assert state(work, draw_id) == "done"


def test_nobody_reads_the_value_in_time_and_it_is_void_for_ever(at, app, work, rounds, batch):
    draw_id, _members = batch({"kind": True, "quantity": 3})
    read_at(at, app)
    at("2026-05-24 10:35")
    tick(app)
    assert state(work, draw_id) == "frozen"
    at("2026-05-24 10:36")
    tick(app)
    with work():
        draw = rounds.get(draw_id)
        assert (draw.state, draw.void_reason.endswith("按规则作废。")) == ("void", True)
        assert draw.fund.free_fen == 5_000_000
    with pytest.raises(RuleBroken), work():
        drawing.reveal(draw_id, actor=SYSTEM, now=clock.now())
    with pytest.raises(DBAPIError), work() as session:
        session.execute(text("update rewards_draw set state = 'frozen' where id = :id"), {"id": draw_id})


def test_a_value_that_is_known_is_of_no_use_once_the_time_to_reveal_is_over(at, app, work, rounds, batch):
    """Whoever keeps the worker away until the result suits them gets none: not by hand, not by the shares, not by the job."""
    draw_id, _members = batch()
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
    late = at("2026-05-24 10:36")
    with pytest.raises(RuleBroken) as by_hand, work():
        drawing.reveal(draw_id, actor=SYSTEM, now=late)
    with pytest.raises(RuleBroken) as by_shares, work():
        drawing.reveal_by_shares(draw_id, rounds.shares[:2], actor=SYSTEM, now=late)
    assert (by_hand.value.code, by_shares.value.code) == ("draw-late", "draw-late")
    tick(app)
    with work():
        draw = rounds.get(draw_id)
        assert (draw.state, draw.secret, draw.result_hash, queries.results(draw_id)) == ("void", "", "", [])


@pytest.mark.both
def test_coupons_of_a_batch_go_to_the_winners_and_the_rest_back_to_the_fund(at, app, work, rounds, batch):
    draw_id, _members = batch({"kind": True, "quantity": 3}, enters=2, reserve=0)
    now = read_at(at, app)
    with work():
        fund = rounds.get(draw_id).fund
        assert fund.free_fen == 5_000_000 - 3000
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
    with work():
        moves = dict(db.session().execute(select(Movement.kind, func.sum(Movement.fen)).group_by(Movement.kind)).all())
        assert {kind: int(fen) for kind, fen in moves.items()} == {"grant": 5_000_000, "reserve": 3000, "issue": 2000, "release": 1000}
        assert db.session().scalar(select(func.count(Coupon.id))) == 2
        assert rounds.get(draw_id).fund.free_fen == 5_000_000 - 2000
        assert checking.findings(now) == []


def test_nobody_entered_and_the_empty_result_is_published(at, app, work, rounds, batch):
    draw_id, _members = batch(enters=1)
    with work():
        other, _people = rounds.published(POT, algo="UHD1", people=1)
    at("2026-05-24 10:05")
    tick(app)
    now = at("2026-05-24 10:06")
    with work():
        rounds.public(other, "beacon:7", now=now)
        drawing.reveal(other, actor=SYSTEM, now=now)
        assert (queries.results(other), rounds.get(other).state) == ([], "done")
        assert verifying.verify(proving.bundle(rounds.get(other))) == []
    assert draw_id != other


@pytest.mark.both
def test_what_is_published_and_drawn_cannot_be_changed(at, app, work, rounds, batch):
    draw_id, _members = batch()
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
    tries = [
        "update rewards_draw set spec = 'x'", "update rewards_draw set commit_hash = 'x'", "update rewards_draw set title = 'x'",
        "update rewards_draw set entrants_hash = 'x'", "update rewards_draw set result_hash = 'x'", "update rewards_draw set secret = 'x'",
        "update rewards_draw set public_value = 'x'", "update rewards_draw set state = 'open'", "delete from rewards_draw",
        "update rewards_prize set quantity = 9", "update rewards_prize set name = 'x'", "delete from rewards_prize",
        "update rewards_result set number = 9", "delete from rewards_result", "update rewards_draw_list set body = 'x'",
    ]  # fmt: skip
    for statement in tries:
        with pytest.raises(DBAPIError), work() as session:
            session.execute(text(statement))
    with pytest.raises(RuleBroken), work():
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
    with pytest.raises(IntegrityError), work() as session:
        session.execute(text("insert into rewards_result (draw_id, slot, number, entry_id) select draw_id, slot, number, entry_id from rewards_result"))


def test_an_instant_draw_closes_reveals_and_gives_back_what_is_left(at, app, work, rounds):
    with work():
        draw_id, members = rounds.published({"kind": True, "ppm": 1_000_000, "quantity": 5}, people=3)
    at("2026-05-14 10:00")
    with work():
        for member in members[:2]:
            entering.enter(draw_id, member, "quiz.attempt", member, day=clock.local_day(clock.now()), now=clock.now())
        free = rounds.get(draw_id).fund.free_fen
    at("2026-06-01 00:00")
    tick(app)
    with work():
        draw = rounds.get(draw_id)
        assert (draw.state, draw.entrants_count, draw.fund.free_fen - free) == ("done", 2, 3000)
        assert verifying.verify(proving.bundle(draw)) == []
        assert checking.findings(clock.now()) == []


def test_an_instant_draw_without_its_value_is_void_at_its_end(at, app, work, rounds):
    with work():
        draw_id, _members = rounds.published({"kind": True, "ppm": 1}, value="")
    at("2026-05-24 09:30")
    tick(app)
    with work():
        assert (rounds.get(draw_id).state, rounds.get(draw_id).fund.free_fen) == ("void", 5_000_000)


def test_two_people_note_the_public_value(at, app, work, rounds, batch, make):
    draw_id, _members = batch()
    with work():
        one, two = rounds.operators()
        stranger = make.actor(Role.EDITOR)
    early = clock.now()
    with pytest.raises(RuleBroken) as told, work():
        drawing.say_public(draw_id, "7", "官网", actor=one, now=early)
    assert told.value.code == "draw-early"
    now = read_at(at, app)
    with pytest.raises(NotAllowed), work():
        drawing.say_public(draw_id, "7", "官网", actor=stranger, now=now)
    with pytest.raises(RuleBroken, match="谁在场"), work():
        drawing.say_public(draw_id, "7", " ", actor=one, now=now)
    with work():
        drawing.say_public(draw_id, " 3  D 417 ", "官网，王敏在场", actor=one, now=now)
    for actor, value in ((one, "3 D 417"), (two, "3 D 418")):
        with pytest.raises(RuleBroken), work():
            drawing.confirm_public(draw_id, value, actor=actor, now=now)
    with work():
        assert rounds.get(draw_id).public_value == ""
        drawing.confirm_public(draw_id, "3 D 417", actor=two, now=now)
    with pytest.raises(RuleBroken, match="不能再改"), work():
        drawing.say_public(draw_id, "8", "官网", actor=one, now=now)


def test_two_of_three_shares_reveal_it(at, app, work, rounds, batch, make):
    draw_id, _members = batch()
    one, two, three = rounds.shares
    with work():
        auditor = make.actor(Role.AUDITOR)
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
    for given in ([one, one], [one, three[:-1] + ("0" if three[-1] != "0" else "1")], ["", ""]):
        with pytest.raises(RuleBroken), work():
            drawing.reveal_by_shares(draw_id, given, actor=auditor, now=now)
    with pytest.raises(NotAllowed), work():
        drawing.reveal_by_shares(draw_id, [one, two], actor=make.actor(Role.EDITOR), now=now)
    with work():
        drawing.reveal_by_shares(draw_id, [f" {three} ", two], actor=auditor, now=now)
        assert rounds.get(draw_id).state == "done"


def test_void_takes_two_people_and_a_reason(at, work, rounds, batch, make):
    draw_id, _members = batch({"kind": True, "quantity": 3})
    now = clock.now()
    with work():
        one, two = rounds.operators()
    with pytest.raises(RuleBroken, match="为什么"), work():
        drawing.ask_void(draw_id, " ", actor=one, now=now)
    with pytest.raises(RuleBroken, match="没有人申请"), work():
        drawing.void(draw_id, actor=two, now=now)
    with work():
        drawing.ask_void(draw_id, "奖品写错了", actor=one, now=now)
    with pytest.raises(RuleBroken, match="另一个人"), work():
        drawing.void(draw_id, actor=one, now=now)
    with work():
        drawing.refuse_void(draw_id, actor=two, now=now)
        drawing.ask_void(draw_id, "奖品写错了", actor=one, now=now)
        drawing.void(draw_id, actor=two, now=now)
        assert (rounds.get(draw_id).state, rounds.get(draw_id).fund.free_fen) == ("void", 5_000_000)
    with pytest.raises(RuleBroken), work():
        drawing.ask_void(draw_id, "再来", actor=one, now=now)


def test_a_forfeit_goes_to_the_next_of_the_reserve_in_order(at, app, work, rounds, batch):
    draw_id, _members = batch()
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
        with pytest.raises(RuleBroken, match="原因"):
            forfeits.forfeit(draw_id, 1, "", actor=SYSTEM, now=now)
        assert forfeits.forfeit(draw_id, 2, "没有联系上", actor=SYSTEM, now=now).to_slot == 3
        assert forfeits.forfeit(draw_id, 3, "放弃", actor=SYSTEM, now=now).to_slot == 4
        with pytest.raises(Conflict):
            forfeits.forfeit(draw_id, 2, "又一次", actor=SYSTEM, now=now)
        with pytest.raises(RuleBroken):
            forfeits.forfeit(draw_id, 77, "没有这个号", actor=SYSTEM, now=now)
        assert sorted(winner.slot for winner in queries.winners(rounds.get(draw_id))[0]) == [1, 4]
        assert forfeits.forfeit(draw_id, 4, "放弃", actor=SYSTEM, now=now).to_slot is None
        assert [winner.slot for winner in queries.winners(rounds.get(draw_id))[0]] == [1]


def test_coupons_of_somebody_who_left_go_to_the_reserve_at_once(at, app, work, rounds, batch):
    draw_id, _members = batch({"kind": True, "quantity": 1}, enters=3, reserve=2)
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
        draw = rounds.get(draw_id)
        from unionhall_rewards.draws import facts, uhd1

        found, _n = uhd1.run(publishing.parsed(draw), facts.secret_of(draw), queries.codes(draw_id), "beacon:7")
        db.session().execute(text("update rewards_entry set member_id = null where code = :code"), {"code": found[0].ticket})
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
        assert [winner.slot for winner in queries.winners(rounds.get(draw_id))[0]] == [2]
        assert db.session().scalar(select(func.count(Coupon.id))) == 1
        assert db.session().scalars(select(Forfeit)).one().to_slot == 2
        assert checking.findings(now) == []


def test_a_compensation_is_one_more_chance_for_everybody_of_the_day(at, app, work, rounds):
    with work():
        draw_id, members = rounds.published({"kind": True, "ppm": 1_000_000}, people=3, most_wins=None)
    at("2026-05-14 10:00")
    day = clock.local_day(clock.now())
    with work():
        for member in members[:2]:
            entering.enter(draw_id, member, "quiz.attempt", 1, day=day, now=clock.now())
        pausing.compensate(draw_id, day, "系统维护", actor=SYSTEM, now=clock.now())
    with pytest.raises(Conflict), work():
        pausing.compensate(draw_id, day, "又一次", actor=SYSTEM, now=clock.now())
    with pytest.raises(RuleBroken), work():
        pausing.compensate(draw_id, day + timedelta(days=1), "还没到", actor=SYSTEM, now=clock.now())
    tick(app)
    tick(app)
    with work():
        row = db.session().scalars(select(Compensation)).one()
        assert (row.number, row.done_at) == (2, clock.now())
        assert db.session().scalar(select(func.count(Entry.id)).where(Entry.source == "rewards.compensation")) == 2
        assert db.session().scalar(select(func.count(Entry.id))) == 4


def terms(now, **fields):
    filled = {
        "title": "会员日抽奖", "algo": "UHD1", "opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(days=3),
        "public_source": "福彩 3D", "public_at": now + timedelta(days=4), "prizes": (PrizeTerms("电饭煲", 2, 30_000),),
        "organiser": "总工会", "contact": "0570-88001234", "rules": "30 天内到驿站领取。",
    }  # fmt: skip
    return Terms(**(filled | fields))


def test_who_wrote_the_draft_does_not_publish_it(work, rounds, make):
    now = clock.now()
    with work():
        one, two = rounds.operators()
        make.member(account=True)
        draw_id = drafting.create(make.root, terms(now), actor=one, now=now).id
    with pytest.raises(RuleBroken, match="两个人"), work():
        publishing.publish(draw_id, actor=one, now=now)
    with work():
        assert len(publishing.publish(draw_id, actor=two, now=now)) == 3
    with pytest.raises(RuleBroken, match="已经公布过"), work():
        publishing.publish(draw_id, actor=two, now=now)
    with pytest.raises(RuleBroken), work():
        drafting.save(queries.existing(draw_id), terms(now), version=2, actor=one, now=now)
    with pytest.raises(RuleBroken), work():
        drafting.discard(queries.existing(draw_id), actor=one, now=now)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"organiser": ""}, "主办方"), ({"contact": " "}, "联系人"), ({"rules": ""}, "规则"), ({"public_source": ""}, "从哪里来"),
        ({"public_at": None}, "什么时候读"), ({"public_at": timedelta(days=2)}, "截止以后"), ({"opens_at": timedelta(hours=-1)}, "已经过了"),
        ({"algo": "UHI1"}, "中奖率"), ({"algo": "UHI1", "prizes": (PrizeTerms("杯", 1, 100, 600_000), PrizeTerms("伞", 1, 100, 600_000))}, "百分之百"),
        ({"algo": "UHI1", "most_wins": 3, "prizes": (PrizeTerms("车", 9, 2_000_000, 10),)}, "60,000 元"),
    ],
)  # fmt: skip
def test_what_keeps_a_draft_from_being_published(work, make, changes, words):
    now = clock.now()
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    with work():
        draw = drafting.create(make.root, terms(now, **given), actor=SYSTEM, now=now)
        assert any(words in sentence for sentence in drafting.lacks(draw, now))
        with pytest.raises(RuleBroken, match=words):
            publishing.publish(draw.id, actor=SYSTEM, now=now)


def test_the_limits_of_the_law_hold_in_the_draft(work, make, mall):
    now = clock.now()
    with work():
        for fields in (
            {"prizes": (PrizeTerms("车", 1, 5_000_001),)}, {"prizes": ()}, {"closes_at": now}, {"tries_a_day": 10},
            {"audience": (999,)}, {"prizes": (PrizeTerms("空", 1, 0),)}, {"fund_id": 999},
        ):  # fmt: skip
            with pytest.raises(RuleBroken):
                drafting.create(make.root, terms(now, **fields), actor=SYSTEM, now=now)
        assert drafting.create(make.root, terms(now, prizes=(PrizeTerms("车", 1, 5_000_000),)), actor=SYSTEM, now=now).id


def test_more_than_the_fund_has_is_not_published(work, make, mall):
    now = clock.now()
    with work():
        make.member(account=True)
        fund = mall.fund(fen=5000)
        kind = mall.kind(fund)
        prize = PrizeTerms("券", 6, pack={kind.id: 1})
        draw = drafting.create(make.root, terms(now, fund_id=fund.id, prizes=(prize,)), actor=SYSTEM, now=now)
        assert draw.prizes[0].value_fen == 1000
        with pytest.raises(RuleBroken, match="可用的只有 50 元"):
            publishing.publish(draw.id, actor=SYSTEM, now=now)


def test_who_saves_second_is_told(work, make):
    now = clock.now()
    with work():
        draw_id = drafting.create(make.root, terms(now), actor=SYSTEM, now=now).id
        drafting.save(queries.existing(draw_id), terms(now, title="新题"), version=1, actor=SYSTEM, now=now)
    with pytest.raises(Conflict), work():
        drafting.save(queries.existing(draw_id), terms(now, title="旧题"), version=1, actor=SYSTEM, now=now)
    with work():
        draw = queries.existing(draw_id)
        assert (draw.title, draw.version, db.session().scalar(select(func.count(Prize.id)))) == ("新题", 2, 1)


def test_a_file_that_was_tampered_with_says_what_is_wrong(at, app, work, rounds, batch, tmp_path):
    draw_id, _members = batch()
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
        good = json.loads(json.dumps(proving.bundle(rounds.get(draw_id))))
    swapped = [[*good["results"][0][:2], good["results"][3][2]], *good["results"][1:]]
    wrong = [
        ({"spec": good["spec"].replace('"reserve":2', '"reserve":1')}, "spec_hash"), ({"secret": "00" * 32}, "commit"),
        ({"entrants": good["entrants"][1:]}, "entrants_hash"), ({"public": "beacon:8"}, "results"), ({"results": swapped}, "results"),
        ({"result_hash": "0" * 64}, "result_hash"), ({"merkle_root": "0" * 64}, "merkle_root"), ({"secret": ""}, "not revealed"),
        ({"entrants": [*good["entrants"], "STRANGER.1"]}, "not eligible"), ({"spec": "["}, "cannot be read"), ({"format": "x"}, "no file"),
    ]  # fmt: skip
    for change, words in wrong:
        assert any(words in fault for fault in verifying.verify(good | change)), words
    said = []
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(good), "utf-8")
    assert verifying.check_file(path, said.append)
    assert said[0].startswith("ok: test-")
    deep, strange = "[" * 100_000, [[1e999, {}, 1]]
    for words in ("{", deep, "\x00", '{"format": 1e999}', json.dumps(good | {"spec": deep}), json.dumps(good | {"results": strange})):
        path.write_text(words, "utf-8")
        assert not verifying.check_file(path, said.append)
        assert said.pop().startswith("BROKEN")
    with path.open("wb") as huge:
        huge.truncate(verifying.LARGEST + 1)
    assert not verifying.check_file(path, said.append)
    assert "larger than" in said.pop()


def test_the_books_find_what_was_changed_past_the_triggers(at, app, work, rounds, batch):
    draw_id, _members = batch()
    now = read_at(at, app)
    with work():
        rounds.public(draw_id, "beacon:7", now=now)
        drawing.reveal(draw_id, actor=SYSTEM, now=now)
        assert checking.findings(now) == checking.findings(now + timedelta(days=300)) == []
        for trigger in ("rewards_result_no_update", "rewards_prize_kept_update"):
            db.session().execute(text(f"drop trigger {trigger}"))
        db.session().execute(text("update rewards_result set number = 7 where slot = 1"))
        db.session().execute(text('update rewards_prize set quantity = 1, "left" = 0'))
        for when in (now, now + timedelta(days=300)):
            found = checking.findings(when)
            assert (len(found), "只有 1 个" in found[0], "对不上" in found[1]) == (2, True, True)
        db.session().rollback()


def test_how_amounts_and_chances_read(work):
    with work():
        assert (yuan(123456), yuan(5_000_000)) == ("1,234.56 元", "50,000 元")
        assert (labels.chance(1234), labels.chance(200_000), labels.chance(1)) == ("0.1234%", "20%", "0.0001%")


def test_an_instant_file_that_was_tampered_with(at, app, work, rounds):
    with work():
        draw_id, members = rounds.published({"value_fen": 100, "ppm": 999_999, "quantity": 2, "per_day": 1}, people=3)
    at("2026-05-14 10:00")
    with work():
        for member in members:
            entering.enter(draw_id, member, "quiz.attempt", 1, day=clock.local_day(clock.now()), now=clock.now())
    at("2026-06-01 00:00")
    tick(app)
    with work():
        good = json.loads(json.dumps(proving.bundle(rounds.get(draw_id))))
    assert verifying.verify(good) == []
    assert sorted(line[2:] for line in good["results"]) == [["", "P1"], ["", "P1"], ["P1", ""]]
    every = [[entry, x, "P1", ""] for entry, x, _prize, _missed in good["results"]]
    for change, words in (
        ({"results": every}, "given"), ({"results": [[line[0], 5, *line[2:]] for line in good["results"]]}, "the number of"),
        ({"results": good["results"][1:]}, "entries in the list"), ({"results": [[*line[:2], "", ""] for line in good["results"]]}, "hits P1"),
    ):  # fmt: skip
        assert any(words in fault for fault in verifying.verify(good | change)), words
