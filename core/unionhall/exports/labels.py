"""Words for exports."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from unionhall.base import clock
from unionhall.hooks.reporting import Cell

STATES = {
    "waiting": (_l("排队"), ""), "running": (_l("生成中"), "info"), "done": (_l("已生成"), "ok"), "failed": (_l("没有成功"), "bad"),
    "cancelled": (_l("已取消"), ""),
}  # fmt: skip


def cell(value: Cell) -> str:
    """Return a cell as the preview shows it."""
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)[:80]
