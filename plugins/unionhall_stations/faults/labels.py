"""Words for what the columns of faults hold."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_stations.directory.labels import service_name
from unionhall_stations.faults.models import Fault, FaultState

STATES: dict[str, tuple[Text, str]] = {
    FaultState.OPEN: (_l("待处理"), "bad"), FaultState.ANSWERED: (_l("已回复"), "warn"), FaultState.MENDED: (_l("已修好，等确认"), "info"),
    FaultState.CLOSED: (_l("已办完"), "ok"), FaultState.DECLINED: (_l("不用修"), ""),
}  # fmt: skip


def what(found: Fault) -> str:
    """Return what is broken: a service's name in the reader's language, or the place itself."""
    return service_name(found.service) if found.service else _("站里其他地方")
