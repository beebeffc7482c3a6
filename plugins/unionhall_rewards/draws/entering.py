"""Taking part: one entry for each chance, and in an instant draw its outcome, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.plugin import RuleBroken, clock, session, unscoped
from unionhall_rewards.coupons import issuing
from unionhall_rewards.coupons.issuing import Issued
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws import facts, queries, stock, uhi1
from unionhall_rewards.draws.facts import Facts, PrizeFacts
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Entry, Result

TURNS = 10
"""Chances of a day: 1 to 9 are earned, the tenth is a compensation."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an entry: `code` is its id in the published list, `holder` the pseudonym before it.

    `state` is "won", "none", or "waiting" (a batch, drawn at `drawn_at`). `missed` says of "none" that the number had hit a prize: it had
    run out, or the member had won as often as the rules allow.
    """

    entry_id: int
    draw_id: int
    code: str
    holder: str
    state: str
    prize: str = ""
    value_fen: int = 0
    coupons: tuple[Issued, ...] = ()
    drawn_at: datetime | None = None
    missed: bool = False


def enter(
    draw_id: int, member_id: int, source: str, source_id: int, *, day: date, now: datetime, number: int | None = 1
) -> Outcome:
    """Give a member a chance; the same chance again gives the first outcome.

    `source` and `source_id` name what it was earned by ("quiz.attempt", 7), `number` is the n-th chance of the day; None: the next one
    that the member has not used, unless this source has earned one already.
    Raises RuleBroken ("draw-not-open", "draw-paused", "draw-not-eligible", "draw-no-chance") with a sentence for the member.
    """
    if number is None:
        return _next(draw_id, member_id, (source, source_id), day, now)
    before = queries.turn(draw_id, member_id, day, number)
    if before is not None:
        return _told(before)
    row = _standing(draw_id)
    _require_open(row, day, number, now)
    known = facts.of(draw_id, row.commit_hash, row.public_value)
    holder = known.holder(member_id)
    if not known.takes_part(holder):
        raise RuleBroken(
            _("这次抽奖的名单在公布时就定好了，你不在里面：那时还没有激活会员，或者是经办抽奖、在门店收银的人。"), code="draw-not-eligible"
        )
    code = f"{holder}.{(day - clock.local_day(row.opens_at)).days * TURNS + number}"
    entry_id, prize, missed = _placed(row, known, member_id, (source, source_id), (day, number, holder, code), now)
    if entry_id is None:
        return _told(session().scalars(queries.turn_select(draw_id, member_id, day, number)).one())
    if row.algo == Algorithm.BATCH:
        return Outcome(entry_id, draw_id, code, holder, "waiting", drawn_at=row.public_at or row.closes_at)
    if prize is None:
        return Outcome(entry_id, draw_id, code, holder, "none", missed=bool(missed))
    given = issuing.for_entry(entry_id, member_id, dict(prize.pack), now=now) if prize.pack else []
    return Outcome(entry_id, draw_id, code, holder, "won", prize.name, prize.value_fen, tuple(given))


def _next(draw_id: int, member_id: int, cause: tuple[str, int], day: date, now: datetime) -> Outcome:
    """Take the next chance of the day for a cause; another cause that took the same one at the same time leaves the one after it."""
    while True:
        taken = queries.turns(draw_id, member_id, day)
        mine = next((number for number, by in taken.items() if by == cause), None)
        number = mine or max((number for number in taken if number < TURNS), default=0) + 1
        made = enter(draw_id, member_id, *cause, day=day, now=now, number=number)
        if mine or queries.turns(draw_id, member_id, day).get(number) == cause:
            return made


def _standing(draw_id: int) -> Any:
    """Return how a draw stands now; it cannot be closed before this unit of work has ended, while others go on entering."""
    wanted = select(
        Draw.id, Draw.algo, Draw.state, Draw.opens_at, Draw.closes_at, Draw.public_at, Draw.public_value, Draw.commit_hash,
        Draw.paused_at, Draw.paused_reason, Draw.tries_a_day, Draw.most_wins, Draw.day_wins, Draw.month_wins, Draw.fund_id, Draw.fallback,
    ).where(Draw.id == draw_id)  # fmt: skip
    return session().execute(unscoped(wanted.with_for_update(read=True, key_share=True), why="rules")).one_or_none()


def takes(row: Any, now: datetime) -> bool:
    """Say whether a draw, by its columns, takes entries at a moment, pauses aside."""
    if row.state not in queries.LIVE or not row.opens_at <= now < row.closes_at:
        return False
    return row.algo == Algorithm.BATCH or bool(row.public_value)


def _require_open(row: Any, day: date, number: int, now: datetime) -> None:
    if row is None or not takes(row, now):
        raise RuleBroken(_("现在不能抽奖：还没有开始，或者已经截止。"), code="draw-not-open")
    if row.paused_at is not None:
        raise RuleBroken(_("抽奖暂停了：%(why)s。恢复以后再来，机会不会少。", why=row.paused_reason), code="draw-paused")
    if not clock.local_day(row.opens_at) <= day <= clock.local_day(row.closes_at):
        raise RuleBroken(_("%(day)s 不在这次抽奖的日期里。", day=day), code="draw-not-open")
    if not 1 <= number <= row.tries_a_day and number != TURNS:
        raise RuleBroken(_("这一天的抽奖机会用完了，一天最多 %(n)s 次。", n=row.tries_a_day), code="draw-no-chance")


def _placed(
    row: Any, known: Facts, member_id: int, cause: tuple[str, int], turn: tuple[date, int, str, str], now: datetime
) -> tuple[int | None, PrizeFacts | None, str]:
    """Take a prize and write the entry, or, when somebody wrote it at the same time, neither. Returns what was missed, too."""
    day, number, holder, code = turn
    x, prize, missed = None, None, ""
    with session().begin_nested() as whole:
        if row.algo == Algorithm.INSTANT:
            x = uhi1.number(known.seed, code)
            prize, missed = _given(row, known, member_id, x, day, now)
        added = stock.insert_into(Entry).values(
            draw_id=row.id, member_id=member_id, day=day, number=number, holder=holder, code=code, source=cause[0], source_id=cause[1],
            x=x, prize_id=prize.id if prize else None, missed=missed, at=now,
        )  # fmt: skip
        entry_id = session().scalar(added.on_conflict_do_nothing().returning(Entry.id))
        if entry_id is None:
            whole.rollback()
    return entry_id, prize, missed


def _given(row: Any, known: Facts, member_id: int, x: int, day: date, now: datetime) -> tuple[PrizeFacts | None, str]:
    """Return the prize that is given for a number, and the key of the one that it hit when that is another, or none."""
    key = uhi1.hit(x, [(prize.key, prize.ppm) for prize in known.prizes])
    if not key:
        return None, ""
    scopes = _scopes(row, day)
    for at, (scope, most) in enumerate(scopes):
        if not stock.count_win(scope, member_id, most):
            for counted, _most in scopes[:at]:
                stock.uncount_win(counted, member_id)
            return None, key
    place = [prize.key for prize in known.prizes].index(key)
    for prize in known.prizes[place : None if row.fallback else place + 1]:
        if stock.take(prize.id, known.released(prize, day, now), day):
            return prize, "" if prize.key == key else key
    for scope, _most in scopes:
        stock.uncount_win(scope, member_id)
    return None, key


def _scopes(row: Any, day: date) -> list[tuple[str, int]]:
    found = []
    if row.most_wins is not None:
        found.append((f"draw:{row.id}", row.most_wins))
    if row.day_wins is not None:
        found.append((f"draw:{row.id}:{day}", row.day_wins))
    if row.month_wins is not None and row.fund_id is not None:
        found.append((f"fund:{row.fund_id}:{day:%Y-%m}", row.month_wins))
    return found


def outcome(draw_id: int, member_id: int, *, day: date, number: int = 1) -> Outcome | None:
    """Return what came of a chance, None when it was not taken."""
    found = queries.turn(draw_id, member_id, day, number)
    return _told(found) if found else None


def outcomes_of(source: str, source_ids: list[int]) -> dict[int, Outcome]:
    """Return {source id: what came of it}."""
    rows = queries.by_source(source, source_ids)
    return {entry.source_id: made for (entry, _draw), made in zip(rows, tell(rows), strict=True)}


def _told(entry: Entry) -> Outcome:
    return tell([(entry, queries.existing(entry.draw_id))])[0]


def tell(rows: list[tuple[Entry, Draw]]) -> list[Outcome]:
    """Return what came of entries, in their order."""
    ids = [entry.id for entry, _draw in rows]
    given: dict[int, list[Issued]] = {}
    for row in session().scalars(select(Coupon).where(Coupon.entry_id.in_(ids)).order_by(Coupon.id)):
        given.setdefault(row.entry_id or 0, []).append(Issued(row.id, row.kind_id, row.kind.name, row.face_fen, row.valid_to))
    drawn = _drawn(rows)
    return [_outcome(entry, draw, drawn.get(entry.id), tuple(given.get(entry.id, ()))) for entry, draw in rows]


def _drawn(rows: list[tuple[Entry, Draw]]) -> dict[int, tuple[str, int]]:
    """Return {entry id: (prize name, value)} of the batch entries that hold a prize now."""
    found = {}
    for draw in {draw.id: draw for _entry, draw in rows if draw.algo == Algorithm.BATCH and draw.state == DrawState.DONE}.values():
        ids = [entry.id for entry, _draw in rows]
        if session().scalar(select(Result.slot).where(Result.draw_id == draw.id, Result.entry_id.in_(ids)).limit(1)) is None:
            continue
        for winner in queries.winners(draw, size=1_000_000)[0]:
            found[winner.entry.id] = (winner.prize.name, winner.prize.value_fen)
    return found


def _outcome(entry: Entry, draw: Draw, drawn: tuple[str, int] | None, coupons: tuple[Issued, ...]) -> Outcome:
    base = (entry.id, draw.id, entry.code, entry.holder)
    if draw.algo == Algorithm.INSTANT:
        if entry.prize is None:
            return Outcome(*base, "none", missed=bool(entry.missed))
        return Outcome(*base, "won", entry.prize.name, entry.prize.value_fen, coupons)
    if drawn:
        return Outcome(*base, "won", *drawn, coupons)
    over = draw.state in (DrawState.DONE, DrawState.VOID)
    return Outcome(*base, "none" if over else "waiting", drawn_at=None if over else draw.public_at or draw.closes_at)
