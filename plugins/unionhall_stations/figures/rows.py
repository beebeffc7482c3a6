"""Where the report's figures lead: to the stations behind them in the same period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import url_for

ONE_MONTH = 31


def by(order: str) -> Callable[[str, date, date], str]:
    """Return what leads to the stations of a period, sorted by what a figure counts."""
    return lambda _path, since, until: url_for(
        "stations_desk.figure_rows", by=order, since=since, until=until - timedelta(days=1)
    )  # fmt: skip


def of_open(_path: str, _since: date, _until: date) -> str:
    """Return the address of the open stations."""
    return url_for("stations_desk.stations", state="open")


def of_inspections(_path: str, since: date, until: date) -> str:
    """Return the address of a month's inspections, of all for a longer period."""
    month = f"{since:%Y-%m}" if (until - since).days <= ONE_MONTH else None
    return url_for("stations_desk.inspections", month=month)


def of_stores(_path: str, _since: date, _until: date) -> str:
    """Return the address of the stores."""
    return url_for("stations_desk.store_list")
