"""Making coupons, the codes and the QR that changes, old secrets, and the money behind them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from unionhall.base import clock, crypto, db
from unionhall_rewards.coupons import checking, codes, issuing, presenting
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws.models import Entry
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind, Movement


@pytest.fixture
def won(mall, hall):
    """Return `won(kinds…)`: an entry that won a prize with these kinds in its pack, the money of ten prizes in the pool."""

    def build(pack):
        session, now = db.session(), clock.now()
        fund = hall.the_kind().fund
        draw = mall.draw(fund, {"name": "大礼包", "value_fen": 1000, "ppm": 1_000_000})
        prize = draw.prizes[0]
        prize.coupons = {str(kind): number for kind, number in pack.items()}
        ledger.move(Kind.RESERVE, fund.id, 100_000, prize.id, now=now)
        day = clock.local_day(now)
        entry = Entry(draw_id=draw.id, member_id=hall.member, day=day, holder="h", code="h", source="test", source_id=1, x=5, prize_id=prize.id, at=now)
        session.add(entry)
        session.flush()
        return entry.id

    return build


def test_a_pack_is_made_in_a_few_statements(work, hall, mall, won, queries):
    with work():
        second = mall.kind(hall.the_kind().fund, face=500).id
        entry = won({hall.kind: 2, second: 3})
        with queries() as few:
            made = issuing.for_entry(entry, hall.member, {hall.kind: 2, second: 3}, now=clock.now())
        assert len(few) == 3
        assert [(row.kind_id, row.face_fen) for row in made] == [(hall.kind, 1000)] * 2 + [(second, 500)] * 3
        assert sorted({str(clock.local(row.valid_to)) for row in made}) == ["2026-05-20 23:59:59.999999+08:00"]
        rows = list(db.session().scalars(select(Movement).where(Movement.kind == "issue")))
        assert (len(rows), sum(row.fen for row in rows), {row.fund_id for row in rows}) == (5, 3500, {hall.fund})


def test_a_second_call_for_an_entry_is_impossible(work, hall, won):
    with work():
        entry = won({hall.kind: 1})
        issuing.for_entry(entry, hall.member, {hall.kind: 1}, now=clock.now())
    with pytest.raises(IntegrityError), work():
        issuing.for_entry(entry, hall.member, {hall.kind: 1}, now=clock.now())


def test_a_taken_serial_gives_way_to_another(work, hall, won, monkeypatch):
    serials = iter([7, 7, 8, 7, 9])
    monkeypatch.setattr(issuing, "chance", lambda _below: next(serials))
    with work():
        entry = won({hall.kind: 3})
        assert len(issuing.for_entry(entry, hall.member, {hall.kind: 3}, now=clock.now())) == 3
        made = [codes.parse(presenting.printed(row)).serial for row in db.session().scalars(select(Coupon))]
        assert sorted(made) == [7, 8, 9]


@pytest.mark.parametrize(
    ("moment", "days", "last"),
    [("2026-05-14 23:59", 1, "2026-05-14"), ("2026-05-15 00:00", 1, "2026-05-15"), ("2026-05-14 07:59", 7, "2026-05-20"), ("2026-12-31 12:00", 2, "2027-01-01")],
)
def test_days_end_at_midnight_in_shanghai(work, hall, at, moment, days, last):
    now = at(moment)
    with work():
        kind = hall.the_kind()
        kind.valid_days = days
        since, until = issuing.period(kind, now)
    assert (since, str(clock.local(until))) == (now, f"{last} 23:59:59.999999+08:00")


def test_a_fixed_period_begins_later(work, hall, mall):
    with work():
        kind = mall.kind(hall.the_kind().fund, valid_days=None, valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 3))
        since, until = issuing.period(kind, clock.now())
        assert [str(clock.local(moment)) for moment in (since, until)] == ["2026-06-01 00:00:00+08:00", "2026-06-03 23:59:59.999999+08:00"]


def test_the_code_is_sealed_and_found_by_its_hash(work, hall):
    with work():
        coupon = hall.coupon(hall.give()[0])
        printed = presenting.printed(coupon)
        assert printed.replace("-", "") not in coupon.code_sealed + coupon.lookup
        assert presenting.read(printed.lower().replace("-", " "), clock.now()) == coupon.id


def test_what_is_not_genuine_asks_the_database_nothing(work, hall, queries):
    with work():
        coupon_id = hall.give()[0]
        now = clock.now()
        token = presenting.token(coupon_id, now)
        forged = codes.make(12345, key=bytes(32)).text
        with queries() as asked:
            for text in (forged, "", "UHP", "胡" * 16, token[:-1] + ("0" if token[-1] != "0" else "1"), token + "0", "UHP" + "U" * 24, "0" * 9999):
                assert presenting.read(text, now) is None
            assert presenting.read(token, now) == coupon_id
        assert asked == []


def test_a_qr_is_good_for_its_minute_and_the_next(work, hall, at):
    now = at("2026-05-14 10:00:30")
    with work():
        coupon_id = hall.give()[0]
        token = presenting.token(coupon_id, now)
        assert len(token) <= 40
        assert set(token) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        good = [presenting.read(token, now + timedelta(seconds=after)) for after in (0, 29, 30, 89)]
        stale = [presenting.read(token, now + timedelta(seconds=after)) for after in (90, 120, 61_440, 61_440 * 2, -120)]
        assert (good, stale) == ([coupon_id] * 4, [None] * 5)
        assert presenting.token(coupon_id, now + timedelta(minutes=1)) != token
        assert presenting.seconds_left(now) == 30


def test_codes_and_qrs_outlive_a_changed_secret(app, work, hall):
    with work():
        coupon_id = hall.give()[0]
        printed, token = presenting.printed(hall.coupon(coupon_id)), presenting.token(coupon_id, clock.now())
    before = app.config["UNIONHALL"]
    try:
        app.config["UNIONHALL"] = before.model_copy(
            update={"secret_key": "another-secret-of-the-site-0123456789", "old_secret_keys": (before.secret_key,)}
        )
        with work():
            assert crypto.keyed_hashes("x", "y")[1] != crypto.keyed_hash("x", "y")
            assert presenting.read(printed, clock.now()) == coupon_id
            assert presenting.read(token, clock.now()) == coupon_id
            assert presenting.printed(hall.coupon(coupon_id)) == printed
            newer = hall.give(hall.other)[0]
            assert presenting.read(presenting.printed(hall.coupon(newer)), clock.now()) == newer
    finally:
        app.config["UNIONHALL"] = before


def test_the_checks_find_what_does_not_agree(work, hall, at):
    with work():
        first, second, third = hall.give(number=3)
        session = db.session()
        hall.coupon(first).state = "expired"
        hall.coupon(second).face_fen = 999
        session.flush()
        told = " ".join(checking.findings(clock.now()))
        for words in ("没用的券共", f"Q-{first:06d} 的状态", f"Q-{second:06d} 在账上没有发放"):
            assert words in told
        assert "一天以上" in " ".join(checking.findings(hall.coupon(third).valid_to + timedelta(days=2)))
        session.rollback()
