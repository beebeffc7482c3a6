"""When stations are open: the week, past midnight, special days, holidays, make-up workdays, pauses."""

from __future__ import annotations

from datetime import date

import pytest

from unionhall.base import clock
from unionhall_stations.directory import hours, labels
from unionhall_stations.models import SpecialDay, Station

DAILY, NIGHT, ALWAYS = [[[390, 1320]]] * 7, [[[960, 1590]]] * 7, [[[0, 1440]]] * 7
OFFICE = [[[480, 1080]]] * 5 + [[], []]


def station(week=DAILY, **fields):
    return Station(id=1, state=fields.pop("state", "open"), week=week, holidays=fields.pop("holidays", "weekday"), **fields)


def day(number, since, until, spans=()):
    return SpecialDay(id=number, station_id=1, since=since, until=until, hours=[list(span) for span in spans])


def said(at, text, found, specials=()):
    now = at(text)
    return labels.status(found, hours.status(found, specials, now), now)


@pytest.fixture
def speaking(app):
    """Labels are said in the site's language."""
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-05-14 06:29", "已关门，6:30 开"),
        ("2026-05-14 06:30", "开着，22:00 关门"),
        ("2026-05-14 21:59", "开着，22:00 关门"),
        ("2026-05-14 22:00", "已关门，明天 6:30 开"),
    ],
)
def test_a_day_has_its_edges(speaking, at, moment, words):
    assert said(at, moment, station()) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-05-14 02:29", "开着，2:30 关门"),
        ("2026-05-14 02:30", "已关门，16:00 开"),
        ("2026-05-14 16:00", "开着，明天 2:30 关门"),
    ],
)
def test_a_night_market_closes_the_next_day(speaking, at, moment, words):
    assert said(at, moment, station(NIGHT)) == words


def test_midnight_is_24_and_round_the_clock_has_no_end(speaking, at):
    assert said(at, "2026-05-14 12:00", station([[[330, 1440]]] * 7)) == "开着，24:00 关门"
    assert said(at, "2026-05-14 23:59", station(ALWAYS)) == "开着，全天开放"
    assert hours.next_change(station(ALWAYS), [], at("2026-05-14 12:00")) is None


def test_a_weekend_names_the_weekday_and_a_far_day_its_date(speaking, at):
    assert said(at, "2026-05-15 18:00", station(OFFICE)) == "已关门，周一 8:00 开"
    closed = [day(1, date(2026, 5, 14), date(2026, 5, 24))]
    assert said(at, "2026-05-14 09:00", station(OFFICE), closed) == "已关门，5 月 25 日 8:00 开"
    assert said(at, "2026-05-14 09:00", station([[]] * 7)) == "已关门"


def test_a_special_day_wins_and_the_later_one_over_the_earlier(speaking, at):
    rows = [day(1, date(2026, 5, 14), date(2026, 5, 16)), day(2, date(2026, 5, 15), date(2026, 5, 15), [(600, 720)])]
    assert said(at, "2026-05-14 09:00", station(), rows) == "已关门，明天 10:00 开"
    assert said(at, "2026-05-15 11:00", station(), rows) == "开着，12:00 关门"


def test_hours_of_the_evening_before_stay_when_the_next_day_is_closed(speaking, at):
    assert hours.open_at(station(NIGHT), [day(1, date(2026, 5, 14), date(2026, 5, 14))], at("2026-05-14 01:00"))
    assert not hours.open_at(station(NIGHT), [day(1, date(2026, 5, 14), date(2026, 5, 14))], at("2026-05-14 20:00"))


def test_public_holidays_follow_the_rule_and_make_up_workdays_are_workdays(speaking, at):
    """1 to 5 May 2026 are off; Saturday 9 May makes up for it."""
    holiday, make_up = date(2026, 5, 4), date(2026, 5, 9)
    assert hours.of_day(station(OFFICE), [], holiday) == [[480, 1080]]
    assert hours.of_day(station(OFFICE, holidays="closed"), [], holiday) == []
    sunday = [*OFFICE[:6], [[600, 720]]]
    assert hours.of_day(station(sunday, holidays="sunday"), [], holiday) == [[600, 720]]
    assert hours.of_day(station(OFFICE), [], make_up) == [[480, 1080]]
    assert hours.of_day(station(OFFICE), [], date(2026, 5, 16)) == []


def test_a_pause_hides_the_hours_until_it_is_over(speaking, at):
    until = at("2026-05-16 04:00")
    paused = station(state="paused", paused_until=until)
    assert said(at, "2026-05-14 09:00", paused) == "暂停开放，周六 6:30 恢复"
    assert said(at, "2026-05-16 09:00", paused) == "开着，22:00 关门"
    assert said(at, "2026-05-14 09:00", station(state="paused")) == "暂停开放"


@pytest.mark.parametrize("state", ["proposed", "approved", "fitting", "closed"])
def test_nothing_is_open_before_or_after_its_time(at, state):
    assert not hours.open_at(station(ALWAYS, state=state), [], at("2026-05-14 12:00"))


def test_a_page_is_true_until_the_next_change_but_not_beyond_midnight(speaking, at):
    now = at("2026-05-14 09:00")
    assert clock.local(hours.true_until(station(), [], now)).hour == 22
    assert clock.local(hours.true_until(station(ALWAYS), [], now)).date() == date(2026, 5, 15)


def test_days_with_the_same_hours_stand_together(speaking):
    assert labels.week(station()) == [("每天", "6:30–22:00")]
    assert labels.week(station(OFFICE)) == [("周一至周五", "8:00–18:00"), ("周六至周日", "不开")]
    assert labels.spans([[0, 1440]]) == "全天" and labels.spans([[960, 1590]]) == "16:00–次日 2:30"
