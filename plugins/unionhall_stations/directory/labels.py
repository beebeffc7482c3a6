"""Words for what the directory's columns hold, and for opening hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text, clock
from unionhall_stations.directory.hours import DAY_MINUTES, Spans, Status
from unionhall_stations.models import HolidayRule, Service, Station, StationState

STATES: dict[str, tuple[Text, str]] = {
    StationState.PROPOSED: (_l("拟建"), ""),
    StationState.APPROVED: (_l("已批准"), "info"),
    StationState.FITTING: (_l("建设中"), "info"),
    StationState.OPEN: (_l("开放"), "ok"),
    StationState.PAUSED: (_l("暂停"), "warn"),
    StationState.CLOSED: (_l("已撤站"), "bad"),
}
HOLIDAYS: dict[str, Text] = {
    HolidayRule.WEEKDAY: _l("和平常一样"),
    HolidayRule.SUNDAY: _l("按周日的时间"),
    HolidayRule.CLOSED: _l("不开"),
}
SERVICES_CHART = _l("各项服务有几个开放的驿站提供")
WEEKDAYS: tuple[Text, ...] = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))


def service_name(service: Service) -> str:
    """Return a service's name in the reader's language."""
    return service.name_en if str(get_locale()) == "en" and service.name_en else service.name


def station_name(station: Station) -> str:
    """Return a station's name in the reader's language."""
    return station.name_en if str(get_locale()) == "en" and station.name_en else station.name


def minutes(value: int) -> str:
    """Return minutes after midnight as a time; closing at midnight is 24:00, what is past it says so."""
    if value <= DAY_MINUTES:
        return f"{value // 60}:{value % 60:02d}"
    value -= DAY_MINUTES
    return _("次日 %(time)s", time=f"{value // 60}:{value % 60:02d}")


def spans(hours: Spans) -> str:
    """Return a day's hours in words."""
    if not hours:
        return _("不开")
    if any(opens <= 0 and closes >= DAY_MINUTES for opens, closes in hours):
        return _("全天")
    return _("、").join(f"{minutes(opens)}–{minutes(closes)}" for opens, closes in sorted(list(span) for span in hours))


def week(station: Station) -> list[tuple[str, str]]:
    """Return a week as (days, hours), days with the same hours together: ("周一至周五", "6:30–22:00")."""
    found: list[tuple[int, int, Sequence[Sequence[int]]]] = []
    for day, hours in enumerate(station.week or [[]] * 7):
        if found and found[-1][2] == hours:
            found[-1] = (found[-1][0], day, hours)
        else:
            found.append((day, day, hours))
    return [(_days(first, last), spans(hours)) for first, last, hours in found]


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return _("每天")
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s至%(last)s", first=WEEKDAYS[first], last=WEEKDAYS[last])


def status(station: Station, found: Status, now: datetime) -> str:
    """Return whether a station is open in words: "开着，22:00 关门", "已关门，明天 6:30 开", "暂停开放"."""
    if station.state == StationState.CLOSED:
        return _("已撤站")
    if station.state not in (StationState.OPEN, StationState.PAUSED):
        return str(STATES[station.state][0])
    if found.open:
        if found.change is None:
            return _("开着，全天开放")
        return _("开着，%(when)s 关门", when=moment(found.change, now, closing=True))
    if found.paused:
        return _("暂停开放，%(when)s 恢复", when=moment(found.change, now)) if found.change else _("暂停开放")
    return _("已关门，%(when)s 开", when=moment(found.change, now)) if found.change else _("已关门")


def moment(at: datetime, now: datetime, *, closing: bool = False) -> str:
    """Return a coming moment as people say it: "22:00", "明天 6:30", "周一 8:00", "5 月 20 日 8:00"."""
    local, today = clock.local(at), clock.local_day(now)
    day, hour, minute = local.date(), local.hour, local.minute
    if closing and (hour, minute) == (0, 0):
        day, hour = day - timedelta(days=1), 24
    time, away = f"{hour}:{minute:02d}", (day - today).days
    if away <= 0:
        return time
    if away == 1:
        return _("明天 %(time)s", time=time)
    if away < 7:
        return _("%(weekday)s %(time)s", weekday=WEEKDAYS[day.weekday()], time=time)
    return _("%(day)s %(time)s", day=short_day(day), time=time)


def short_day(day: date) -> str:
    """Return a day without its year."""
    return _("%(month)s 月 %(day)s 日", month=day.month, day=day.day)


def distance(metres: float) -> str:
    """Return how far away something is, roughly."""
    if metres < 1000:
        return _("约 %(n)s 米", n=max(10, round(metres / 10) * 10))
    return _("约 %(n)s 公里", n=f"{metres / 1000:.1f}")
