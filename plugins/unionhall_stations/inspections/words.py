"""What the audit trail calls the acts of inspections, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "inspection_begun": _l("开始巡查驿站"), "inspection_dropped": _l("删掉没写完的巡查"), "inspected": _l("巡查驿站"),
    "fix_reported": _l("登记整改"), "fix_checked": _l("复查通过"), "fix_again": _l("复查没通过"), "nominated": _l("提名最美驿站"),
    "nomination_withdrawn": _l("撤回最美驿站提名"), "inspector_erased": _l("隐去巡查人"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"station_inspection": _l("驿站巡查"), "station_nomination": _l("最美驿站提名")}
