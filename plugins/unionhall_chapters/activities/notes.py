"""What people are told of activities, beside what their sign-ups tell them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, clock, notify
from unionhall_chapters.activities.models import Day, Series

KINDS = (
    NoticeKind("chapters.day_cancelled", _l("协会活动取消了一天"), {
        "zh_CN": ("取消：{title}（{when}）", "“{title}”{when} 这一天取消了。原因：{reason}。你的报名已撤销，不用再来；其他天照常。"),
        "en": ("Cancelled: {title} ({when})", "“{title}” on {when} is cancelled. The reason: {reason}. Your sign-up for that day is "
               "withdrawn; other days go on as usual."),
    }, {"title": "公园晨练太极", "when": "05-19 06:30", "reason": "大雨"}),
    NoticeKind("chapters.agree_again", _l("每周报名要重新确认"), {
        "zh_CN": ("请重新确认：{title}", "“{title}”的风险提示改过了。请看过新的再确认一次，之后才会继续每周替你报上。"),
        "en": ("Please confirm again: {title}", "The risk note of “{title}” has changed. Please read it and confirm, so that you are "
               "signed up every week again."),
    }, {"title": "公园晨练太极"}),
)  # fmt: skip


def when(day: Day) -> str:
    """Return when a day takes place as notices write it."""
    return f"{clock.local(day.starts_at):%m-%d %H:%M}"


def day_cancelled(day: Day, account_ids: Iterable[int], *, now: datetime) -> None:
    """Tell those who were on a day that it is off."""
    said = {"title": day.series.title, "when": when(day), "reason": day.reason}
    notify("chapters.day_cancelled", account_ids, said, key=str(day.id), now=now, url=day.series.url, org_id=day.org_id)


def agree_again(series: Series, account_id: int, *, now: datetime) -> None:
    """Tell somebody who comes every week that the risk note is another one; once for each wording."""
    notify(
        "chapters.agree_again", [account_id], {"title": series.title}, key=f"{series.id}:{series.risk_version}", now=now,
        url=f"{series.url}weekly", org_id=series.org_id,
    )  # fmt: skip
