"""What the audit trail calls the acts of faults, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "fault_answered": _l("回复驿站报修"), "fault_mended": _l("登记报修修好"), "fault_declined": _l("报修不用处理"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"station_fault": _l("驿站报修")}
