"""What people are told of their teams, shifts and hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, Text, clock, member_names, notify

MINE = "/chapters/my/volunteer/"
_SAMPLE = {
    "team": "文明引导队", "shift": "地铁站文明引导", "time": "05-16 07:30", "name": "何秀英", "hours": "2 小时", "day": "2026-05-16",
    "reason": "下雨", "until": "06-13",
}  # fmt: skip


def _kind(name: str, label: Text, chinese: tuple[str, str], english: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"chapters.{name}", label, {"zh_CN": chinese, "en": english}, _SAMPLE)


KINDS = (
    _kind("team_asked", _l("有人想加入志愿队"), ("想加入{team}：{name}", "{name}想加入{team}，请到编务台的“志愿服务”里答复。"),
          ("{name} would like to join {team}", "{name} would like to join {team}. Please answer in the desk under “Volunteering”.")),
    _kind("team_joined", _l("加入了志愿队"), ("欢迎加入{team}", "领队同意了，你现在是{team}的队员，可以报班次了。"),
          ("Welcome to {team}", "The leader said yes: you are in {team} now and can sign up for shifts.")),
    _kind("team_refused", _l("没有加入志愿队"), ("{team}没有通过你的申请", "原因：{reason}。有疑问请联系协会。"),
          ("{team} did not take you", "The reason: {reason}. Please ask the chapter if you have questions.")),
    _kind("shift_cancelled", _l("班次取消"), ("取消：{shift}", "{time} 的“{shift}”取消了，不用来了。原因：{reason}"),
          ("Cancelled: {shift}", "“{shift}” at {time} is cancelled, so you need not come. The reason: {reason}")),
    _kind("swap_offered", _l("有班次等人接"), ("有人接吗：{shift}", "{name}来不了 {time} 的“{shift}”，队员可以接手。先接先得。"),
          ("Can you take it? {shift}", "{name} cannot do “{shift}” at {time}. Anybody in the team can take it; first come, first served.")),
    _kind("swap_taken", _l("班次有人接了"), ("有人接了：{shift}", "{name}接手了 {time} 的“{shift}”。"),
          ("Taken over: {shift}", "{name} takes over “{shift}” at {time}.")),
    _kind("hours_approved", _l("工时已确认"), ("工时已确认：{hours}", "{day} 在{team}的服务记为 {hours}。"),
          ("Hours confirmed: {hours}", "Your service on {day} with {team} counts as {hours}.")),
    _kind("hours_refused", _l("工时没有通过"), ("工时没有通过：{day}", "{day} 在{team}的补报没有通过。原因：{reason}"),
          ("Hours not accepted: {day}", "What you reported for {day} with {team} was not accepted. The reason: {reason}")),
    _kind("hours_corrected", _l("工时有更正"), ("工时更正为 {hours}", "{day} 在{team}的服务更正为 {hours}。原因：{reason}"),
          ("Hours corrected to {hours}", "Your service on {day} with {team} was corrected to {hours}. The reason: {reason}")),
    _kind("paused", _l("暂停报班次"), ("{until}以前先不能报班次", "最近几次报了班次没有来，所以停到 {until}。"
           "有特殊情况，请告诉领队，领队可以撤销。"),
          ("No sign-ups for shifts until {until}", "You missed several shifts that you had signed up for, so signing up is paused until "
           "{until}. "
           "If there was a reason, tell your leader, who can lift it.")),
)  # fmt: skip


def tell(
    kind: str, member_ids: Iterable[int], *, key: str, now: datetime, org_id: int, url: str = MINE, **values: str
) -> None:
    """Tell members, as far as they have accounts; `key` names the occurrence."""
    accounts = [account for _name, account in member_names(member_ids).values() if account]
    if accounts:
        notify(f"chapters.{kind}", accounts, values, key=key, now=now, url=url, org_id=org_id)


def at(moment: datetime) -> str:
    """Return a moment as notices write it, Shanghai time."""
    return f"{clock.local(moment):%m-%d %H:%M}"
