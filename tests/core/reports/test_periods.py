"""Periods: Shanghai days, and the same a year ago."""

from __future__ import annotations

from datetime import date

import pytest

from unionhall.base.errors import RuleBroken
from unionhall.reports import periods

D = date.fromisoformat


@pytest.mark.parametrize(("args", "today", "since", "until", "ago"), [
    ({"period": "2026-04"}, "2026-05-14", "2026-04-01", "2026-05-01", ("2025-04-01", "2025-05-01")),
    ({"period": "2026-05"}, "2026-05-14", "2026-05-01", "2026-05-15", ("2025-05-01", "2025-05-15")),
    ({}, "2026-05-14", "2026-05-01", "2026-05-15", ("2025-05-01", "2025-05-15")),
    ({"period": "2025-02"}, "2026-05-14", "2025-02-01", "2025-03-01", ("2024-02-01", "2024-03-01")),
    ({"period": "2024-02"}, "2026-05-14", "2024-02-01", "2024-03-01", ("2023-02-01", "2023-03-01")),
    ({"period": "2028-02"}, "2028-02-29", "2028-02-01", "2028-03-01", ("2027-02-01", "2027-03-01")),
    ({"period": "2026-Q1"}, "2026-05-14", "2026-01-01", "2026-04-01", ("2025-01-01", "2025-04-01")),
    ({"period": "2025-Q4"}, "2026-05-14", "2025-10-01", "2026-01-01", ("2024-10-01", "2025-01-01")),
    ({"period": "2024"}, "2026-05-14", "2024-01-01", "2025-01-01", ("2023-01-01", "2024-01-01")),
    ({"period": "2026"}, "2026-05-14", "2026-01-01", "2026-05-15", ("2025-01-01", "2025-05-15")),
    ({"since": "2024-02-29", "until": "2024-02-29"}, "2026-05-14", "2024-02-29", "2024-03-01", ("2023-02-28", "2023-03-01")),
    ({"since": "2024-02-01", "until": "2024-02-29"}, "2026-05-14", "2024-02-01", "2024-03-01", ("2023-02-01", "2023-03-01")),
    ({"since": "2026-05-01", "until": "2026-12-31"}, "2026-05-14", "2026-05-01", "2026-05-15", ("2025-05-01", "2025-05-15")),
    ({"since": "2026-05-01"}, "2026-05-14", "2026-05-01", "2026-05-15", ("2025-05-01", "2025-05-15")),
])  # fmt: skip
def test_a_period_and_the_one_a_year_ago(args, today, since, until, ago):
    found = periods.asked(args, D(today))
    assert (found.since, found.until) == (D(since), D(until))
    assert (found.year_ago.since, found.year_ago.until) == (D(ago[0]), D(ago[1]))
    assert periods.asked(found.args, D(today)) == found


@pytest.mark.parametrize("args", [
    {"period": "2026-13"}, {"period": "2026-00"}, {"period": "2026-Q5"}, {"period": "2026-06"}, {"period": "1900"}, {"period": "9999"},
    {"period": "x" * 5000}, {"period": "２０２６"}, {"period": "2027"}, {"since": "2026-05-15"}, {"since": "2026-05-02", "until": "2026-05-01"},
    {"until": "2026-05-01"}, {"since": "2026-02-30"}, {"since": "x"}, {"since": "1999-01-01"}, {"since": "2001-01-01", "until": "2026-05-01"},
])  # fmt: skip
def test_what_is_no_period_is_said(args):
    with pytest.raises(RuleBroken):
        periods.asked(args, D("2026-05-14"))


def test_only_what_is_over_is_fixed():
    today = D("2026-05-14")
    assert [periods.asked({"period": name}, today).fixed for name in ("2026-05", "2026-04", "2026", "2026-Q2", "2025")] == [
        False, True, False, False, True,
    ]  # fmt: skip
    assert not periods.asked({"since": "2026-04-01", "until": "2026-04-30"}, today).fixed
    assert periods.asked({"period": "2026-05"}, D("2026-05-31")).fixed is False
    assert periods.asked({"period": "2026-05"}, D("2026-06-01")).fixed is True


def test_choices_and_months():
    today = D("2026-05-14")
    assert periods.choices("month", today)[:2] == ["2026-05", "2026-04"]
    assert periods.choices("quarter", today)[:3] == ["2026-Q2", "2026-Q1", "2025-Q4"]
    assert periods.choices("year", today)[:2] == ["2026", "2025"]
    for kind in periods.FIXED:
        assert [periods.asked({"period": name}, today).kind for name in periods.choices(kind, today)] == [kind] * len(periods.choices(kind, today))
    months = periods.asked({"period": "2026-01"}, today).months()
    assert (months[0], months[-1], len(months)) == ((D("2025-02-01"), D("2025-03-01")), (D("2026-01-01"), D("2026-02-01")), 12)
