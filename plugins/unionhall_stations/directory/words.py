"""What the audit trail calls the acts of the directory, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_stations.directory import labels, states

WORDS: dict[str, Text] = {
    "proposed": _l("提出建站"), "changed": _l("改驿站资料"), "hours": _l("改驿站开放时间"), "special_day": _l("加驿站特殊日期"),
    "special_day_off": _l("去掉驿站特殊日期"),
    "offers": _l("改驿站服务"),
    "service": _l("改服务目录"), "service_moved": _l("给服务目录排序"),
    **{name: step.label for name, step in states.STEPS.items()},
}  # fmt: skip
OBJECTS: dict[str, Text] = {"station": _l("驿站"), "station_service": _l("服务目录")}
STATES: dict[str, Text] = {state: word for state, (word, _tone) in labels.STATES.items()}
