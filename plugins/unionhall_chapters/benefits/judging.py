"""May this person claim this benefit, and if not, why not and what to do: one pure function over what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _

from unionhall_chapters.benefits.models import AmountRule

YES, LATER, NO = "yes", "later", "no"


@dataclass(frozen=True, slots=True)
class Offer:
    """A benefit as it is judged, with the defaults of the site filled in."""

    series: str
    name: str
    category: str
    org_path: str
    org_name: str
    amount_rule: str
    amount: int
    percent: int = 0
    window_days: int = 180
    waiting_months: int = 0
    per_year: int | None = None
    per_year_fen: int | None = None
    audience: tuple[str, ...] = ("primary", "secondary", "retired")
    supplement: bool = False
    offered: bool = True
    valid_from: date = date.min
    valid_until: date | None = None
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """A membership: where, of which kind, since when, until when."""

    org_id: int
    org_path: str
    org_name: str
    primary: bool
    status: str
    since: date
    until: date | None = None

    @property
    def kind(self) -> str:
        """Return which audience it belongs to."""
        return "retired" if self.status == "kept" else "primary" if self.primary else "secondary"

    def holds_on(self, day: date) -> bool:
        """Say whether it held on a day; who left after an event may still claim for it."""
        return self.since <= day and (self.until is None or self.until > day)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person: covers, and what was paid by (series, year) as (times, fen).

    Of this event: the series that said no, and those that it is claimed from.
    """

    covers: tuple[Cover, ...]
    paid: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    declined: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened: the day, and what was paid for it."""

    on: date
    receipts_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a code for programs, a sentence, and the page that helps."""

    code: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, not yet (from which day), or no; through which cover, how much at most, and which benefit pays first."""

    state: str
    reasons: tuple[Reason, ...] = ()
    cover: Cover | None = None
    amount: int | None = None
    from_day: date | None = None
    first: Offer | None = None

    @property
    def ok(self) -> bool:
        """True when one may claim now."""
        return self.state == YES


def judge(offer: Offer, facts: Facts, event: Happened | None, today: date, rivals: Sequence[Offer] = ()) -> Verdict:
    """Return whether a person may claim a benefit for an event, or in general (`event` None). `rivals`: others of the same category."""
    on = event.on if event else today
    cover, reasons = _cover(offer, facts, on)
    days: list[date] = []
    if not offer.offered or (offer.valid_until and on > offer.valid_until):
        reasons.append(Reason("over", _("这一项已经停办，不再受理。")))
    elif on < offer.valid_from:
        if event:
            reasons.append(Reason("before", _("这一项从 %(day)s 起才有，事情发生在这之前。", day=offer.valid_from)))
        else:
            days.append(offer.valid_from)
    if event:
        reasons += _window(offer, event, today)
    if cover:
        _waiting(offer, cover, on, event, reasons, days)
    _year(offer, facts, on, event, reasons, days)
    first = _first(offer, facts, event, today, rivals) if cover and not cover.primary and not offer.supplement else None
    if first:
        told = _("先由主会籍%(org)s的“%(name)s”支付。那边没有批准的，再来申请这一项。", org=first.org_name, name=first.name)
        reasons.append(Reason("first", told))
    amount = _amount(offer, facts, on, event)
    if reasons:
        return Verdict(NO, tuple(reasons), cover, amount, None, first)
    if days:
        day = max(days)
        return Verdict(LATER, (Reason("later", _("%(day)s 起可以申请。", day=day)),), cover, amount, day)
    return Verdict(YES, (), cover, amount)


def _cover(offer: Offer, facts: Facts, on: date) -> tuple[Cover | None, list[Reason]]:
    """Return the cover that counts, the primary one first, or why none does."""
    here = [cover for cover in facts.covers if cover.org_path.startswith(offer.org_path)]
    held = [cover for cover in here if cover.holds_on(on)]
    at_work = [cover for cover in held if cover.status not in ("pending", "suspended")]
    fit = [cover for cover in at_work if cover.kind in offer.audience]
    if fit:
        return max(fit, key=lambda cover: (cover.primary, -cover.since.toordinal())), []
    if at_work:
        return None, [Reason("audience", _("这一项只给另一类会员，你的会籍不在范围里。"))]
    if any(cover.status == "suspended" for cover in held):
        return None, [Reason("suspended", _("你在这里的会籍暂停了，恢复以后才能申请。请先联系工会。"), "/my/memberships/")]
    if any(cover.status == "pending" for cover in held):
        return None, [Reason("pending", _("你的入会申请还在办理，批准以后才能申请。"), "/my/memberships/")]
    if any(cover.until is not None for cover in here):
        return None, [Reason("left", _("事情发生时你已经不是%(org)s的会员。", org=offer.org_name))]
    if here:
        return None, [Reason("joined-later", _("事情发生时你还没有入会，不能补申请。"))]
    return None, [Reason("member", _("这一项只给%(org)s及下级的会员。加入以后才能申请。", org=offer.org_name), "/chapters/")]


def _window(offer: Offer, event: Happened, today: date) -> list[Reason]:
    if event.on > today:
        return [Reason("future", _("事情还没有发生，发生以后再申请。"))]
    last = event.on + timedelta(days=offer.window_days)
    if today > last:
        told = _("要在事情发生后 %(days)s 天内申请，最晚 %(day)s，已经过期。", days=offer.window_days, day=last)
        return [Reason("late", told)]
    return []


def _waiting(offer: Offer, cover: Cover, on: date, event: Happened | None, reasons: list[Reason], days: list[date]) -> None:
    ripe = months_after(cover.since, offer.waiting_months)
    if ripe <= on:
        return
    if event:
        asked = {"n": offer.waiting_months, "since": cover.since, "day": ripe}
        told = _("要入会满 %(n)s 个月。你 %(since)s 入会，%(day)s 起发生的事才能申请。", **asked)
        reasons.append(Reason("waiting", told))
    else:
        days.append(ripe)


def _year(offer: Offer, facts: Facts, on: date, event: Happened | None, reasons: list[Reason], days: list[date]) -> None:
    times, fen = facts.paid.get((offer.series, on.year), (0, 0))
    used_up = (offer.per_year is not None and times >= offer.per_year) or (offer.per_year_fen is not None and fen >= offer.per_year_fen)
    if not used_up:
        return
    if event:
        reasons.append(Reason("year", _("%(year)s 年的次数或额度已经用完。", year=on.year)))
    else:
        days.append(date(on.year + 1, 1, 1))


def _first(offer: Offer, facts: Facts, event: Happened | None, today: date, rivals: Sequence[Offer]) -> Offer | None:
    """Return the benefit of the primary union that pays before a chapter's own.

    Where that one is claimed already, the second claim may come too: it stands back behind the first and goes on if that comes to nothing.
    """
    for rival in rivals:
        if rival.series != offer.series and rival.category == offer.category and rival.series not in facts.declined | facts.claimed:
            found = judge(rival, facts, event, today)
            if found.ok and found.cover and found.cover.primary:
                return rival
    return None


def _amount(offer: Offer, facts: Facts, on: date, event: Happened | None) -> int | None:
    """Return how much may be paid at most, None while that hangs on receipts."""
    if offer.amount_rule == AmountRule.PERCENT:
        if event is None or event.receipts_fen is None:
            return None
        amount = min(event.receipts_fen * offer.percent // 100, offer.amount)
    else:
        amount = offer.amount
    if offer.per_year_fen is not None:
        amount = min(amount, max(0, offer.per_year_fen - facts.paid.get((offer.series, on.year), (0, 0))[1]))
    return amount


def months_after(day: date, number: int) -> date:
    """Return the same day so many months later, the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
