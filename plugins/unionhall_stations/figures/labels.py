"""Words of the report."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l

from unionhall.plugin import ReportPeriod, Text, period_name

ORDERS: dict[str, Text] = {
    "number": _l("编号"), "uptime": _l("可用率，低的在前"), "times": _l("歇脚人次"), "people": _l("歇脚人数"), "redeemed": _l("核销次数"),
    "fen": _l("抵扣金额"), "cost": _l("费用"), "each": _l("每次歇脚的费用"), "mean": _l("会员评分，低的在前"),
    "faults": _l("没办完的报修"),
}  # fmt: skip


def yuan(fen: int | None) -> str:
    """Return an amount in yuan as it is read, "—" for none."""
    return "—" if fen is None else f"¥{format_decimal(fen / 100, '#,##0.00')}"


def share(value: float | None) -> str:
    """Return a share of a hundred with one decimal, "—" for none; what is not whole is never rounded up to a hundred."""
    if value is None:
        return "—"
    tenths = int(value * 10) if value < 100 else 1000
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def told(period: ReportPeriod) -> str:
    """Return a period's name, the days of one that was typed."""
    return period_name(period.name) if period.name else period.told()
