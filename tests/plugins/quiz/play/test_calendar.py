"""The calendar alone: kinds, windows to the second, month ends, servers in any time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from unionhall.base import clock
from unionhall_quiz.play import calendar


@dataclass
class Round:
    calendar: str = "daily"
    since: date = date(2026, 5, 1)
    until: date | None = None
    month_day: int | None = None
    opens: int = 360
    closes: int = 1320
    minutes: int | None = None


def moment(text):
    return clock.from_local(datetime.fromisoformat(text))


@pytest.fixture(autouse=True)
def words(app):
    with app.test_request_context():
        yield


def test_a_daily_round_is_open_from_its_first_to_before_its_last_second():
    plan = Round()
    assert calendar.open_day(plan, moment("2026-05-14 05:59:59")) is None
    assert calendar.open_day(plan, moment("2026-05-14 06:00:00")).day == date(2026, 5, 14)
    assert calendar.open_day(plan, moment("2026-05-14 21:59:59")).day == date(2026, 5, 14)
    assert calendar.open_day(plan, moment("2026-05-14 22:00:00")) is None


def test_midnight_belongs_to_the_next_day_also_on_a_server_in_utc():
    plan = Round(opens=0, closes=1440)
    assert calendar.open_day(plan, moment("2026-05-14 23:59:59")).day == date(2026, 5, 14)
    assert calendar.open_day(plan, moment("2026-05-15 00:00:00")).day == date(2026, 5, 15)
    assert calendar.open_day(plan, datetime(2026, 5, 14, 15, 59, 59, tzinfo=UTC)).day == date(2026, 5, 14)
    assert calendar.open_day(plan, datetime(2026, 5, 14, 16, 0, 0, tzinfo=UTC)).day == date(2026, 5, 15)


def test_month_ends_and_leap_days_have_their_questions():
    plan = Round(since=date(2028, 2, 27))
    assert list(calendar.days(plan, date(2028, 2, 1), 4)) == [date(2028, 2, 27), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
    member_day = Round("member_day", since=date(2026, 1, 31), month_day=28)
    assert list(calendar.days(member_day, date(2026, 1, 1), 3)) == [date(2026, 2, 28), date(2026, 3, 28), date(2026, 4, 28)]


def test_a_dated_round_ends_with_its_last_day():
    plan = Round("dated", since=date(2026, 5, 10), until=date(2026, 5, 14))
    assert not calendar.takes_place(plan, date(2026, 5, 9))
    assert calendar.takes_place(plan, date(2026, 5, 14))
    assert calendar.coming(plan, moment("2026-05-14 12:00")) is None
    assert calendar.standing(plan, moment("2026-05-14 22:00")).text == "已经结束"


def test_who_began_before_closing_has_the_whole_time():
    plan = Round(minutes=20)
    window = calendar.open_day(plan, moment("2026-05-14 21:59:59"))
    assert calendar.due(plan, window, moment("2026-05-14 21:59:59")) == moment("2026-05-14 22:19:59")
    assert not calendar.is_over(plan, date(2026, 5, 14), moment("2026-05-14 22:19:59"))
    assert not calendar.is_over(plan, date(2026, 5, 14), moment("2026-05-14 22:30:20"))  # who has no time limit is still answering
    assert calendar.is_over(plan, date(2026, 5, 14), moment("2026-05-14 22:30:21"))
    free = Round()
    assert calendar.due(free, calendar.window(free, date(2026, 5, 14)), moment("2026-05-14 08:00")) == moment("2026-05-14 22:30")


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-05-14 05:00", "今天 06:00 开始"),
        ("2026-05-14 19:00", "今天 22:00 截止，还有 3 小时"),
        ("2026-05-14 19:00:01", "今天 22:00 截止，还有 3 小时"),
        ("2026-05-14 20:00:01", "今天 22:00 截止，还有 2 小时"),
        ("2026-05-14 20:01:00", "今天 22:00 截止，还有 119 分钟"),
        ("2026-05-14 21:59:30", "今天 22:00 截止，还有 1 分钟"),
        ("2026-05-14 22:00", "明天 06:00 开始"),
    ],
)
def test_the_countdown_says_until_when(now, text):
    assert calendar.standing(Round(), moment(now)).text == text


def test_words_say_when_they_stop_being_true():
    plan, now = Round(), moment("2026-05-14 19:30")
    first = calendar.standing(plan, now)
    assert now < first.until <= moment("2026-05-14 22:00")
    assert calendar.standing(plan, first.until - timedelta(seconds=1)).text == first.text
    assert calendar.standing(plan, first.until + timedelta(minutes=1)).text != first.text


def test_a_clock_that_jumps_back_opens_the_day_again_and_nothing_else():
    plan = Round()
    assert calendar.open_day(plan, moment("2026-05-14 22:00:01")) is None
    assert calendar.open_day(plan, moment("2026-05-14 21:59:58")).day == date(2026, 5, 14)


def test_a_streak_counts_days_running_up_to_today_or_yesterday():
    days = {date(2026, 5, 30), date(2026, 5, 31), date(2026, 6, 1)}
    assert calendar.streak(days, date(2026, 6, 1)) == 3
    assert calendar.streak(days, date(2026, 6, 2)) == 3
    assert calendar.streak(days, date(2026, 6, 3)) == 0


def test_half_past_midnight_is_named_by_its_day():
    plan = Round(opens=0, closes=1440)
    assert "24:00" in calendar.standing(plan, moment("2026-05-14 23:30")).text
    assert calendar.clock_of(1440) == "24:00"
