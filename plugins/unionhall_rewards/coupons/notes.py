"""What members are told of their coupons, and who is told that something waits. No notice holds a code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, Text, accounts_with, notify
from unionhall_rewards import rights

WALLET = "/rewards/"
_SAMPLE = {"name": "驿站消费券", "until": "2026-05-31", "days": "3", "text": "重复发放", "number": "Q-000012"}


def _kind(name: str, label: Text, chinese: tuple[str, str], english: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"rewards.coupon_{name}", label, {"zh_CN": chinese, "en": english}, _SAMPLE)


KINDS = (
    _kind("given", _l("收到消费券"), ("你收到了{name}", "工会发给你的{name}放进了“我的消费券”，{until} 24:00 前有效。"),
          ("You were given: {name}", "Your union put {name} into your coupons; it is good until the end of {until}.")),
    _kind("ends", _l("消费券快到期"), ("{name}还有 {days} 天到期", "你的{name} {until} 24:00 到期，过期不补。请在这之前用掉。"),
          ("{name} ends in {days} days", "Your {name} is good until the end of {until} and is not replaced after that.")),
    _kind("extended", _l("消费券延期"), ("{name}延长了 {days} 天", "你的{name}延长到 {until} 24:00。原因：{text}"),
          ("{name}: {days} days more", "Your {name} is now good until the end of {until}. The reason: {text}")),
    _kind("voided", _l("消费券作废"), ("{name}作废了", "你的{name}（{number}）作废了。原因：{text} 不同意可以申诉一次，由另一个人答复。"),
          ("Taken back: {name}",
           "Your {name} ({number}) was taken back. The reason: {text} You may object once; another person will answer.")),
    _kind("answered", _l("消费券申诉有了答复"), ("申诉有了答复：{name}", "关于{name}（{number}）的申诉：{text}"),
          ("Your objection was answered: {name}", "About {name} ({number}): {text}")),
    _kind("waits", _l("发券或作废等你批准"), ("有一份{name}等你批准", "{text} 请打开编务台的“消费券”办理。"),
          ("Waiting for you: {name}", "{text} Please open “Coupons” at the desk.")),
)  # fmt: skip


def tell(
    kind: str, account_ids: Iterable[int | None], values: dict[str, str], *, key: str, now: datetime, org_id: int, url: str = WALLET
) -> None:
    """Tell members; who has no account is not told. `values` fill the placeholders that the kind uses."""
    ids = [account for account in account_ids if account is not None]
    if ids:
        notify(f"rewards.coupon_{kind}", ids, _SAMPLE | values, key=key, now=now, url=url, org_id=org_id)


def waits(what: str, text: str, org_path: str, *, url: str, key: str, now: datetime, org_id: int, but: Iterable[int | None]) -> None:
    """Tell those who may approve that something waits, except who had a hand in it."""
    left_out = set(but)
    accounts = [account for account in accounts_with(rights.APPROVE, org_path, now) if account not in left_out]
    tell("waits", accounts, {"name": what, "text": text}, key=key, now=now, org_id=org_id, url=url)
