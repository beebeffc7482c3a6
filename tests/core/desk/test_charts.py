"""Numbers of a period put into bars that have room: by day, by week, by month."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from unionhall.desk import charts

FIRST = date(2026, 2, 26)  # a Thursday


@pytest.mark.parametrize(("days", "unit", "bars"), [(1, "day", 1), (31, "day", 31), (32, "week", 5), (210, "week", 31), (211, "month", 8)])
def test_the_unit_follows_the_length(days, unit, bars):
    found = charts.in_buckets([], FIRST, FIRST + timedelta(days=days))
    assert (found.unit, len(found.rows), found.most) == (unit, bars, 0)
    assert found.rows[0][0] == FIRST
    assert found.rows[-1][1] == FIRST + timedelta(days=days - 1)


def test_every_day_is_counted_once_and_gaps_are_zero():
    counted = [(FIRST, 2), (date(2026, 3, 1), 3), (date(2026, 3, 2), 4), (date(2026, 4, 30), 9), (FIRST - timedelta(days=1), 50)]
    found = charts.in_buckets(counted, FIRST, date(2026, 4, 30))
    assert found.rows[:3] == (
        (FIRST, date(2026, 3, 1), 5), (date(2026, 3, 2), date(2026, 3, 8), 4), (date(2026, 3, 9), date(2026, 3, 15), 0),
    )  # fmt: skip
    assert sum(number for _first, _last, number in found.rows) == 9


def test_the_chart_shows_the_whole_period():
    found = charts.in_buckets([(date(2026, 1, 1), 5), (date(2026, 12, 31), 7)], date(2026, 1, 1), date(2027, 1, 1))
    drawn = ET.fromstring(str(found.chart(label="每月")))
    words = [element.text for element in drawn.iter("text")]
    assert (found.unit, len(found.rows), found.most) == ("month", 12, 7)
    assert "2026-12" in words
    assert "7" in words
    assert len(list(drawn.iter("rect"))) == 2


def test_a_period_without_days_is_empty():
    assert charts.in_buckets([(FIRST, 1)], FIRST, FIRST).rows == ()
