"""What each org and each correspondent sent in and saw published; what is due, by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.desk import scope
from unionhall.hooks.types import Actor
from unionhall.news import desk_queries, figures, rights
from unionhall.news.desk_blueprint import bp
from unionhall.news.figures import Tally
from unionhall.news.models import Article
from unionhall.orgs import queries as orgs
from unionhall.platform.access import current_actor, needs
from unionhall.platform.jobs import last_run

FIRST_YEAR = 2000
YEARS_SHOWN = 6
GROUPS = ("org", "author")


@dataclass(frozen=True)
class Period:
    """A calendar year or one month of it, in Shanghai."""

    year: int
    month: int = 0

    @property
    def start(self) -> datetime:
        """Return its first moment."""
        return _midnight(self.year, self.month or 1)

    @property
    def end(self) -> datetime:
        """Return the first moment after it."""
        return _midnight(self.year + 1, 1) if self.month in {0, 12} else _midnight(self.year, self.month + 1)


@bp.get("/tally")
@needs(rights.READ)
def tally() -> ResponseReturnValue:
    """Show how many articles each org or correspondent submitted in a period, and how many were used."""
    actor, this_year = current_actor(), clock.local_day(clock.now()).year
    period, by = asked(request.args, clock.local_day(clock.now()))
    found = rows(actor, period, by, scope.current(actor))
    return render_template(
        "news/desk_tally.html", rows=found, total=_total(found), period=period, by=by, place=orgs.by_path(scope.current(actor)),
        years=sorted({*range(this_year - YEARS_SHOWN + 1, this_year + 1), period.year}, reverse=True),
    )


@bp.get("/calendar")
@needs("desk.enter")
def calendar() -> ResponseReturnValue:
    """Show what will be published and taken down, by day."""
    actor = current_actor()
    below = scope.current(actor)
    due = [(row.publish_at, True, row) for row in desk_queries.upcoming(actor, below=below) if row.publish_at]
    due += [(row.expires_at, False, row) for row in desk_queries.coming_down(actor, below=below) if row.expires_at]
    due.sort(key=lambda item: item[0])
    days: list[tuple[date, list[tuple[datetime, bool, Article]]]] = [
        (day, list(items)) for day, items in groupby(due, key=lambda item: clock.local_day(item[0]))
    ]
    now = clock.now()
    return render_template("news/desk_calendar.html", days=days, today=clock.local_day(now), job=last_run("news.due"), local=clock.local)


def asked(args: Mapping[str, str], today: date) -> tuple[Period, str]:
    """Read the period and the grouping from query values; anything that nobody offers is answered with 400."""
    year, month, by = args.get("year", ""), args.get("month", ""), args.get("by", "org")
    if by not in GROUPS or not all(text == "" or (text.isdecimal() and len(text) < 5) for text in (year, month)):
        abort(400)
    period = Period(int(year or today.year), int(month or 0))
    if not FIRST_YEAR <= period.year <= today.year + 1 or period.month > 12:
        abort(400)
    return period, by


def rows(actor: Actor, period: Period, by: str, below: str) -> list[Tally]:
    """Return the table's rows."""
    return figures.tally(actor, start=period.start, end=period.end, by=by, below=below)


def _total(rows: list[Tally]) -> tuple[int, int, int]:
    return sum(row.submitted for row in rows), sum(row.used for row in rows), sum(row.lead for row in rows)


def _midnight(year: int, month: int) -> datetime:
    return clock.from_local(datetime(year, month, 1))  # noqa: DTZ001 - Shanghai, said by from_local
