"""Figures of benefits for the leadership's report: people, each once, times, and money."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from unionhall.plugin import Org, ReportFigure, in_subtree, session, unscoped
from unionhall_chapters.benefits import settings
from unionhall_chapters.benefits.models import Claim, State

GROUP = _l("福利")


def _asked(what: ColumnElement[int], path: str, since: date, until: date) -> int:
    orgs = select(Org.id).where(in_subtree(Org.path, path))
    paid = select(what).select_from(Claim).where(
        Claim.state.in_((State.PAID, State.CLOSED)), Claim.paid_on >= since, Claim.paid_on < until, Claim.org_id.in_(orgs)
    )  # fmt: skip
    return int(session().scalar(unscoped(paid, why="figures")) or 0)


def people(path: str, since: date, until: date) -> int:
    """Return how many different people were paid something."""
    return _asked(func.count(func.distinct(func.coalesce(Claim.member_id, -Claim.id))), path, since, until)


def times(path: str, since: date, until: date) -> int:
    """Return how many claims were paid."""
    return _asked(func.count(), path, since, until)


def fen(path: str, since: date, until: date) -> int:
    """Return how much was paid."""
    return _asked(func.coalesce(func.sum(Claim.decided_fen), 0), path, since, until)


def figures() -> tuple[ReportFigure, ...]:
    """Return the figures; what few people got is not shown above their org."""
    small = settings.small_number()
    return (
        ReportFigure("chapters.benefit_people", _l("享受福利的人数"), GROUP, "people", people, small=small, order=600),
        ReportFigure("chapters.benefit_times", _l("发放福利的人次"), GROUP, "times", times, small=small, order=610),
        ReportFigure("chapters.benefit_fen", _l("发放福利的金额"), GROUP, "fen", fen, order=620),
    )
