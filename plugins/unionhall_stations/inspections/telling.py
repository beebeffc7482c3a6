"""What people are told of inspections."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, Text, accounts_with, notify
from unionhall_stations.inspections.models import Inspection

_SAMPLE = {"station": "同心路驿站", "score": "92", "light": "绿灯", "day": "2026-05-21", "times": "3", "reason": "饮水机还是没修好"}


def _kind(name: str, label: Text, chinese: tuple[str, str], english: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"stations.{name}", label, {"zh_CN": chinese, "en": english}, _SAMPLE)


KINDS = (
    _kind("inspected", _l("驿站巡查结果"), ("{station}巡查：{score} 分", "{station}这次巡查 {score} 分，{light}。没有要整改的。"),
          ("{station} inspected: {score}", "{station} scored {score} this time ({light}). Nothing needs to be mended.")),
    _kind("to_fix", _l("驿站要整改"), ("{station}要整改，{day} 前完成", "{station}这次巡查 {score} 分，{light}。"
           "请在 {day} 前整改，拍照登记。"),
          ("{station} has things to mend by {day}", "{station} scored {score} ({light}). "
           "Please mend what was found by {day} and send a photo.")),
    _kind("fix_late", _l("驿站整改到期"), ("{station}的整改到期了", "{station}要在 {day} 前整改，现在还没有登记。"),
          ("{station}: time to mend is up", "What was found at {station} was to be mended by {day}; nothing has been noted so far.")),
    _kind("fixed", _l("驿站整改等复查"), ("{station}整改好了，请复查", "{station}登记了整改，请去看一看，登记复查结果。"),
          ("{station} says it is mended", "{station} noted that things are mended. Please have a look and note the result.")),
    _kind("fix_again", _l("驿站整改没通过"), ("{station}的整改没通过", "复查没通过：{reason}。请在 {day} 前再整改。"),
          ("{station}: not mended yet", "The check did not pass: {reason}. Please mend it by {day}.")),
    _kind("reds", _l("驿站连续红灯"), ("{station}连续 {times} 次红灯", "{station}连续 {times} 次巡查是红灯，建议暂停或撤站。请看过再定。"),
          ("{station}: {times} red lights in a row", "{station} had {times} red inspections in a row. "
           "Consider pausing or closing it; the decision is yours.")),
)  # fmt: skip


def tell(kind: str, found: Inspection, permission: str, *, key: str, now: datetime, url: str = "", **values: str) -> None:
    """Tell whoever holds a permission at the station's org, or at the nearest org above."""
    accounts = accounts_with(permission, found.org.path, now)
    where = url or f"/desk/stations/inspections/{found.id}/"
    notify(f"stations.{kind}", accounts, {"station": found.station.name, **values}, key=key, now=now, url=where, org_id=found.org_id)
