"""Words of the report."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.reports.queries import Line

UNITS = {"people": _l("人数（每人只算一次）"), "times": _l("人次"), "items": _l("个"), "hours": _l("小时"), "fen": _l("元")}
SHORT_UNITS = {"people": _l("人"), "times": _l("人次"), "items": _l("个"), "hours": _l("小时"), "fen": _l("元")}
KINDS = {"month": _l("月"), "quarter": _l("季度"), "year": _l("年"), "days": _l("自选日期")}


def number(value: int | None, unit: str) -> str:
    """Return a number as it is read; fen as yuan."""
    if value is None:
        return "—"
    return format_decimal(value / 100, "#,##0.00") if unit == "fen" else format_decimal(value)


def hidden(small: int) -> str:
    """Return what stands in the place of a small number."""
    return _("少于 %(n)s", n=small)


def shown(line: Line) -> str:
    """Return this period's number."""
    if line.hidden:
        return hidden(line.figure.small)
    return number(line.now.number if line.now else None, line.figure.unit)


def before(line: Line) -> str:
    """Return last year's number, or that there was none."""
    if line.before_hidden:
        return hidden(line.figure.small)
    return number(line.before, line.figure.unit) if line.before else _("去年没有数字")


def change(line: Line) -> str:
    """Return "+12"."""
    if line.difference is None:
        return "—"
    told = number(abs(line.difference), line.figure.unit)
    return f"+{told}" if line.difference > 0 else f"−{told}" if line.difference else _("持平")


def percent(line: Line) -> str:
    """Return "+12%"."""
    return "—" if line.percent is None else f"{'+' if line.percent > 0 else '−' if line.percent < 0 else ''}{abs(line.percent)}%"


def period_name(name: str) -> str:
    """Return "2026 年 5 月" for "2026-05", "2026 年第 2 季度" for "2026-Q2"."""
    year, _dash, part = name.partition("-")
    if part.startswith("Q"):
        return _("%(year)s 年第 %(n)s 季度", year=year, n=part[1:])
    return _("%(year)s 年 %(month)s 月", year=year, month=int(part)) if part else _("%(year)s 年", year=year)
