"""What people are told of faults."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, Text, accounts_with, member_names, notify, site_language
from unionhall_stations import rights
from unionhall_stations.faults import labels
from unionhall_stations.faults.models import Fault

_SAMPLE = {"station": "同心路驿站", "what": "饮水", "text": "滤芯到货就换，这两天先放桶装水。"}


def _kind(name: str, label: Text, chinese: tuple[str, str], english: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"stations.{name}", label, {"zh_CN": chinese, "en": english}, _SAMPLE)


KINDS = (
    _kind("fault_reported", _l("会员报修驿站"), ("{station}有人报修：{what}", "会员报{station}的“{what}”有故障。请看一看，回复怎么处理。"),
          ("{station}: {what} was reported", "A member reported “{what}” at {station}. Please look and answer what will be done.")),
    _kind("fault_again", _l("驿站报修没修好"), ("{station}的{what}还没修好", "报修的会员说{station}的“{what}”还没修好。请再看一看。"),
          ("{station}: {what} is not mended", "Who reported “{what}” at {station} says that it is not mended. Please look again.")),
    _kind("fault_answered", _l("驿站回复了你的报修"), ("{station}回复了你的报修", "你报的“{what}”：{text}"),
          ("{station} answered your report", "About “{what}”: {text}")),
    _kind("fault_mended", _l("你报修的修好了"), ("{station}的{what}修好了", "{text}下次来试一试；还没修好就点开告诉我们。"),
          ("{station}: {what} is mended", "{text} Please try it next time; if it is not mended, open this and say so.")),
    _kind("fault_fixed", _l("问你修好了吗"), ("{station}的{what}修好了吗？", "一周前驿站说修好了。点开选“修好了”或“还没有”。"),
          ("{station}: is {what} mended?", "A week ago the station said that it is mended. Open this and choose yes or no.")),
    _kind("fault_declined", _l("报修不用处理"), ("{station}的{what}不用修", "驿站看过了：{text}"),
          ("{station}: nothing to mend about {what}", "The station has looked: {text}")),
)  # fmt: skip


def tell_keepers(kind: str, found: Fault, *, key: str, now: datetime) -> None:
    """Tell those who keep the station; what the member wrote stays in the desk."""
    accounts = accounts_with(rights.MANAGE, found.org.path, now)
    values = _values(found, "")
    notify(f"stations.{kind}", accounts, values, key=key, now=now, url=f"/desk/stations/faults/{found.id}/", org_id=found.org_id)


def tell_reporter(kind: str, found: Fault, *, key: str, now: datetime) -> None:
    """Tell whoever reported it, as long as it is known who that was."""
    _name, account = member_names([found.member_id]).get(found.member_id, ("", None)) if found.member_id else ("", None)
    if account is not None:
        values, url = _values(found, found.reply), f"/stations/faults/{found.id}"
        notify(f"stations.{kind}", [account], values, key=key, now=now, url=url, org_id=found.org_id)


def _values(found: Fault, text: str) -> dict[str, str]:
    with site_language():
        return {"station": found.station.name, "what": labels.what(found), "text": text}
