"""What people are told of their sign-ups."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.hooks.people import NoticeKind
from unionhall.notices.services import notify
from unionhall.signups.models import Entry

_SAMPLE = {
    "title": "工间操比赛",
    "until": "05-16 18:00",
    "reason": "名额只给一线职工",
    "text": "集合地点改到文化宫南门。",
}


def _kind(name: str, label: object, chinese: tuple[str, str], english: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"signups.{name}", label, {"zh_CN": chinese, "en": english}, _SAMPLE)  # type: ignore[arg-type]


KINDS = (
    _kind("received", _l("报名已收到"), ("报名已收到：{title}", "“{title}”的报名收到了，正在等主办方审核，有结果会再告诉你。"),
          ("Sign-up received: {title}", "We have your sign-up for “{title}”. The organiser will look at it, and we "
          "will tell you what they decide.")),
    _kind("accepted", _l("报名成功"), ("报名成功：{title}", "你已报上“{title}”。签到码在“我的报名”里，到场时出示。"),
          ("You are signed up: {title}", "You have a place in “{title}”. Your check-in code is under “My sign-ups”; "
          "show it when you arrive.")),
    _kind("waiting", _l("已列入候补"), ("已列入候补：{title}", "“{title}”的名额满了，你已排进候补。有人退出时会按顺序通知你。"),
          ("You are on the waiting list: {title}", "“{title}” is full and you are on its waiting list. When somebody "
          "leaves, we tell the next in line.")),
    _kind("offered", _l("候补有名额了"), ("有名额了：{title}", "“{title}”空出了名额，给你留到 {until}。请在这之前确认，过时会让给下一位。"),
          ("A place for you: {title}", "A place in “{title}” is free and kept for you until {until}. Please accept it "
          "by then, or it goes to the next person.")),
    _kind("lapsed", _l("名额没有按时确认"), ("名额已让给下一位：{title}", "“{title}”给你留的名额没有按时确认，"
          "已让给下一位候补。还想参加，可以重新报名。"),
          ("The place went to the next person: {title}", "The place kept for you in “{title}” was not accepted in "
          "time. You may sign up again.")),
    _kind("refused", _l("报名未通过"), ("报名未通过：{title}", "“{title}”的报名没有通过。原因：{reason}"),
          ("Not accepted: {title}", "Your sign-up for “{title}” was not accepted. The reason: {reason}")),
    _kind("cancelled_by_org", _l("报名被主办方取消"), ("报名已取消：{title}", "主办方取消了你在“{title}”的报名。原因：{reason}"),
          ("Your sign-up was cancelled: {title}", "The organiser cancelled your sign-up for “{title}”. The reason: {reason}")),
    _kind("reminder", _l("活动前一天的提醒"), ("明天见：{title}", "你报名的“{title}”{until} 开始。来不了请先取消，名额会给候补的人。"),
          ("See you soon: {title}", "“{title}”, which you signed up for, starts at {until}. If you cannot come, "
          "please cancel, so that somebody else can.")),
    _kind("changed", _l("报名事项有变"), ("有变动：{title}", "“{title}”的时间或地点变了。请到“我的报名”里看最新安排。"),
          ("Something changed: {title}", "The time or place of “{title}” has changed. Please look under “My sign-ups”.")),
    _kind("handed_over", _l("名额转出"), ("名额转出去了：{title}", "你在“{title}”的名额已经转给接手的人，你不用再去。"),
          ("Your place was taken over: {title}", "Somebody else took over your place in “{title}”. You need not come.")),
    _kind("taken_over", _l("接到名额"), ("接到名额：{title}", "“{title}”的名额转给你了。签到码在“我的报名”里，到场时出示。"),
          ("You took over a place: {title}", "A place in “{title}” is now yours. Your check-in code is under “My sign-ups”; "
          "show it when you arrive.")),
    _kind("message", _l("主办方来信"), ("{title}：主办方来信", "{text}"), ("{title}: a message from the organiser", "{text}")),
)  # fmt: skip


def tell(kind: str, entry: Entry, *, now: datetime, key: str = "", **values: str) -> None:
    """Tell the person of an entry; who has no account is not told. `key` tells one occurrence from the next."""
    if entry.account_id is None:
        return
    notify(
        f"signups.{kind}", [entry.account_id], {"title": entry.sheet.title, **values}, key=f"{entry.id}:{key or now.timestamp()}",
        now=now, url=f"/my/signups/{entry.id}", org_id=entry.org_id,
    )  # fmt: skip


def at(moment: datetime) -> str:
    """Return a moment as notices write it, Shanghai time."""
    return f"{clock.local(moment):%m-%d %H:%M}"
