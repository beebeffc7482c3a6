"""Streaks and stars count by the days that have questions, not by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from unionhall_quiz.play.models import Round
from unionhall_quiz.team import streaks

TODAY = date(2026, 5, 14)


def plan(**fields):
    return Round(**({"calendar": "daily", "since": date(2026, 5, 1), "until": None, "month_day": None} | fields))


def back(*days):
    return {TODAY - timedelta(days=number) for number in days}


def test_today_breaks_nothing_until_it_is_over():
    found = streaks.standing(plan(), back(1, 2, 3), TODAY)
    assert (found.streak, found.longest, found.done, found.days) == (3, 3, 3, 13)
    found = streaks.standing(plan(), back(0, 1, 2, 3), TODAY)
    assert (found.streak, found.days) == (4, 14)


def test_a_gap_ends_a_streak_and_the_longest_is_remembered():
    found = streaks.standing(plan(), back(1, 2, 5, 6, 7, 8), TODAY)
    assert (found.streak, found.longest) == (2, 4)


def test_member_days_months_apart_make_a_streak():
    monthly = plan(calendar="member_day", month_day=10, since=date(2026, 1, 1))
    found = streaks.standing(monthly, {date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 10)}, TODAY)
    assert (found.streak, found.done, found.days, found.stars) == (3, 1, 1, 3)


@pytest.mark.parametrize(("done", "days", "stars"), [(0, 0, 0), (0, 9, 0), (2, 9, 0), (3, 9, 1), (6, 9, 2), (8, 9, 2), (9, 9, 3)])
def test_a_star_for_each_third(done, days, stars):
    assert streaks.stars(done, days) == stars


def test_what_is_missing_for_the_next_star():
    assert streaks.Standing(0, 0, 2, 9).missing == 1
    assert streaks.Standing(0, 0, 6, 9).missing == 3
    assert streaks.Standing(0, 0, 9, 9).missing is None


def test_the_bounds_of_a_month():
    assert streaks.bounds("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    with pytest.raises(ValueError, match="month"):
        streaks.bounds("2026-13")
