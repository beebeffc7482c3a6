"""Redemptions in the leadership's report: how many stand, and what they took off. A reversal is of the same day, so days stay true."""

from __future__ import annotations

from datetime import date, timedelta

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from unionhall.plugin import Org, ReportFigure, in_subtree, session, unscoped
from unionhall_rewards.fund.models import Fund
from unionhall_rewards.redeeming.models import Redemption

GROUP = _l("消费券")


def _asked(what: ColumnElement[int], path: str, since: date, until: date) -> int:
    funds = select(Fund.id).join(Org, Org.id == Fund.org_id).where(in_subtree(Org.path, path))
    wanted = select(what).select_from(Redemption).where(
        Redemption.live, Redemption.day >= since, Redemption.day < until, Redemption.fund_id.in_(funds)
    )  # fmt: skip
    return int(session().scalar(unscoped(wanted, why="figures")) or 0)


def number(path: str, since: date, until: date) -> int:
    """Return how many coupons were redeemed."""
    return _asked(func.count(), path, since, until)


def fen(path: str, since: date, until: date) -> int:
    """Return how much was taken off (fen)."""
    return _asked(func.coalesce(func.sum(Redemption.fen), 0), path, since, until)


def _url(_path: str, since: date, until: date) -> str:
    return url_for("rewards_desk.redemptions", since=since, until=until - timedelta(days=1), state="live")


def report() -> tuple[ReportFigure, ...]:
    """Return the figures."""
    return (
        ReportFigure("rewards.redeemed", _l("核销的消费券"), GROUP, "items", number, _url, order=710),
        ReportFigure("rewards.redeemed_fen", _l("消费券抵扣的金额"), GROUP, "fen", fen, _url, order=720),
    )
