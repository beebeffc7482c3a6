"""What is known of a person and of the benefits that they may ask for: everything that `judging` wants to hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unionhall.plugin import memberships_of
from unionhall_chapters.benefits import queries, settings
from unionhall_chapters.benefits.judging import Cover, Facts, Happened, Offer, Verdict, judge
from unionhall_chapters.benefits.models import Benefit


def offer(row: Benefit) -> Offer:
    """Return a benefit as it is judged."""
    return Offer(
        row.series, row.name, row.category, row.org.path, row.org.short_name, row.amount_rule, row.amount, row.percent,
        row.window_days, settings.benefit_months() if row.waiting_months is None else row.waiting_months, row.per_year,
        row.per_year_fen, tuple(row.audience), row.supplement, row.offered, row.valid_from, row.valid_until,
        tuple(paper["label"] for paper in row.papers),
    )  # fmt: skip


def of_member(member_id: int, on: date | None = None) -> Facts:
    """Return what is known of a person, for an event of a day."""
    covers = tuple(
        Cover(held.org_id, held.org_path, held.org_name, held.primary, held.status, held.since, held.until)
        for held in memberships_of(member_id)
    )
    declined = queries.declined_of(member_id, on) if on else frozenset()
    return Facts(covers, queries.paid_of(member_id), declined, queries.claimed_of(member_id, on))


def verdict(row: Benefit, member_id: int, event: Happened | None, today: date) -> Verdict:
    """Return whether a person may claim a benefit."""
    rivals = [offer(other) for other in queries.offered(today, category=row.category) if other.series != row.series]
    return judge(offer(row), of_member(member_id, event.on if event else None), event, today, rivals)


@dataclass(frozen=True, slots=True)
class Line:
    """One benefit in the finder."""

    benefit: Benefit
    verdict: Verdict


def finder(member_id: int, today: date, category: str = "") -> list[Line]:
    """Return every benefit that could concern a person, with yes, not yet or no; what they may claim comes first."""
    known, rows = of_member(member_id), queries.offered(today, coming=True)
    offers = {row.id: offer(row) for row in rows}
    found = [
        Line(row, judge(offers[row.id], known, None, today, list(offers.values())))
        for row in rows
        if not category or row.category == category
    ]
    order = ("yes", "later", "no")
    return sorted(found, key=lambda line: order.index(line.verdict.state))
