"""The rules as a table: who may claim what, and why not."""

from __future__ import annotations

from datetime import date

import pytest

from unionhall_chapters.benefits.judging import Cover, Facts, Happened, Offer, judge, months_after

TODAY = date(2026, 5, 14)
OFFER = Offer("s1", "住院慰问金", "illness", "/1/2/", "区总工会", "fixed", 100_000, waiting_months=6)


def cover(path="/1/2/5/", primary=True, status="active", since=date(2025, 1, 1), until=None):
    return Cover(5, path, "恒渡机电", primary, status, since, until)


def offer(**more):
    return Offer(**({name: getattr(OFFER, name) for name in OFFER.__slots__} | more))


@pytest.mark.parametrize(
    ("what", "facts", "event", "state", "code", "amount"),
    [
        (offer(), Facts((cover(),)), None, "yes", "", 100_000),
        (offer(), Facts((cover(),)), Happened(date(2026, 5, 1)), "yes", "", 100_000),
        (offer(), Facts(()), None, "no", "member", 100_000),
        (offer(), Facts((cover("/1/3/9/"),)), None, "no", "member", 100_000),
        (offer(), Facts((cover(status="suspended"),)), None, "no", "suspended", 100_000),
        (offer(), Facts((cover(status="pending"),)), None, "no", "pending", 100_000),
        (offer(audience=("secondary",)), Facts((cover(),)), None, "no", "audience", 100_000),
        (offer(audience=("retired",)), Facts((cover(status="kept"),)), None, "yes", "", 100_000),
        (offer(), Facts((cover(since=date(2026, 2, 1)),)), None, "later", "later", 100_000),
        (offer(), Facts((cover(since=date(2026, 2, 1)),)), Happened(date(2026, 5, 1)), "no", "waiting", 100_000),
        (offer(), Facts((cover(since=date(2026, 5, 10)),)), Happened(date(2026, 5, 1)), "no", "joined-later", 100_000),
        (offer(), Facts((cover(status="left", until=date(2026, 5, 10)),)), Happened(date(2026, 5, 1)), "yes", "", 100_000),
        (offer(), Facts((cover(status="left", until=date(2026, 4, 30)),)), Happened(date(2026, 5, 1)), "no", "left", 100_000),
        (offer(), Facts((cover(),)), Happened(date(2026, 5, 15)), "no", "future", 100_000),
        (offer(), Facts((cover(),)), Happened(date(2025, 11, 15)), "yes", "", 100_000),
        (offer(), Facts((cover(),)), Happened(date(2025, 11, 14)), "no", "late", 100_000),
        (offer(offered=False), Facts((cover(),)), None, "no", "over", 100_000),
        (offer(valid_until=date(2026, 5, 1)), Facts((cover(),)), None, "no", "over", 100_000),
        (offer(valid_from=date(2026, 6, 1)), Facts((cover(),)), None, "later", "later", 100_000),
        (offer(valid_from=date(2026, 5, 2)), Facts((cover(),)), Happened(date(2026, 5, 1)), "no", "before", 100_000),
        (offer(per_year=1), Facts((cover(),), {("s1", 2026): (1, 100_000)}), None, "later", "later", 100_000),
        (offer(per_year=1), Facts((cover(),), {("s1", 2026): (1, 100_000)}), Happened(date(2026, 5, 1)), "no", "year", 100_000),
        (offer(per_year_fen=150_000), Facts((cover(),), {("s1", 2026): (1, 100_000)}), Happened(date(2026, 5, 1)), "yes", "", 50_000),
        (offer(amount_rule="percent", percent=30), Facts((cover(),)), Happened(date(2026, 5, 1), 200_000), "yes", "", 60_000),
        (offer(amount_rule="percent", percent=30), Facts((cover(),)), Happened(date(2026, 5, 1), 900_000), "yes", "", 100_000),
        (offer(amount_rule="percent", percent=30), Facts((cover(),)), None, "yes", "", None),
    ],
)
def test_who_may_claim(app, what, facts, event, state, code, amount):
    with app.app_context():
        found = judge(what, facts, event, TODAY)
    assert (found.state, found.reasons[0].code if found.reasons else "", found.amount) == (state, code, amount)


def test_the_primary_union_pays_first_unless_the_benefit_comes_on_top(app):
    firm = offer(series="s0", name="单位慰问", org_path="/1/2/5/", org_name="恒渡机电")
    chapter = offer(series="s9", org_path="/1/2/8/", org_name="太极协会", audience=("secondary",))
    known = Facts((cover(), cover("/1/2/8/", primary=False)))
    event = Happened(date(2026, 5, 1))
    with app.app_context():
        found = judge(chapter, known, event, TODAY, [firm, chapter])
        assert (found.state, found.reasons[0].code, found.first.name) == ("no", "first", "单位慰问")
        assert "单位慰问" in found.reasons[0].words
        assert judge(chapter, Facts(known.covers, declined=frozenset({"s0"})), event, TODAY, [firm]).ok
        on_top = offer(series="s9", org_path="/1/2/8/", audience=("secondary",), supplement=True)
        assert judge(on_top, known, event, TODAY, [firm]).ok
        assert not judge(firm, known, event, TODAY, [chapter]).cover.org_path.startswith("/1/2/8/")


@pytest.mark.parametrize(
    ("day", "number", "end"),
    [(date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2025, 12, 15), 1, date(2026, 1, 15)), (date(2023, 8, 30), 6, date(2024, 2, 29))],
)
def test_months_end_on_the_last_day_where_there_is_no_other(day, number, end):
    assert months_after(day, number) == end
