"""Words for what the columns of ratings hold."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_stations.ratings.models import Shown

STATES: dict[str, tuple[Text, str]] = {
    Shown.WAITING: (_l("评语没看过"), "warn"), Shown.SHOWN: (_l("已公开"), "ok"), Shown.HIDDEN: (_l("没有公开"), ""),
    Shown.SILENT: (_l("没有评语"), ""),
}  # fmt: skip


def mean(value: float | None) -> str:
    """Return a mean with one decimal, "—" for none."""
    return "—" if value is None else format_decimal(round(value, 1), "0.0")
