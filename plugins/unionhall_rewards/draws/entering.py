"""Taking part: one entry for each chance, and in an instant draw its outcome, in the same transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from unionhall.plugin import RuleBroken, clock, session
from unionhall_rewards.coupons import issuing
from unionhall_rewards.coupons.issuing import Issued
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws import facts, queries, stock, uhi1
from unionhall_rewards.draws.facts import Facts, PrizeFacts
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Entry, Result

TURNS = 10
"""Chances of a day: 1 to 9 are earned, the tenth is a compensation."""
_DRAW = Draw.__table__.c
_STANDING = select(
    _DRAW.id, _DRAW.algo, _DRAW.state, _DRAW.opens_at, _DRAW.closes_at, _DRAW.public_at, _DRAW.public_value, _DRAW.commit_hash,
    _DRAW.paused_at, _DRAW.paused_reason, _DRAW.tries_a_day, _DRAW.most_wins, _DRAW.day_wins, _DRAW.month_wins, _DRAW.fund_id,
    _DRAW.fallback,
).where(_DRAW.id == bindparam("draw")).with_for_update(read=True, key_share=True)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Turn:
    """One chance, in the words of an entry's row: whose, the n-th of which day, what earned it, its pseudonym and its id in the list."""

    member_id: int
    day: date
    number: int
    source: str
    source_id: int
    holder: str
    code: str


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
    Raises RuleBroken ("draw-not-open", "draw-paused", "draw-not-eligible", "draw-no-chance") with a sentence for the member; then nothing
    was written.
    """
    made, fresh = _enter(draw_id, member_id, (source, source_id), day, now, number or 1)
    while number is None and not fresh:
        taken = queries.turns(draw_id, member_id, day)
        mine = next((turn for turn, by in taken.items() if by == (source, source_id)), None)
        turn = mine or max((turn for turn in taken if turn < TURNS), default=0) + 1
        made, fresh = _enter(draw_id, member_id, (source, source_id), day, now, turn)
        fresh = fresh or mine is not None
    return made


def _enter(draw_id: int, member_id: int, cause: tuple[str, int], day: date, now: datetime, number: int) -> tuple[Outcome, bool]:
    """Return what came of the n-th chance of a day, and whether it was this cause that took it just now."""
    row = _standing(draw_id)
    try:
        _require_open(row, day, number, now)
        known = facts.of(draw_id, row.commit_hash, row.public_value)
        holder = known.holder(member_id)
        _require_eligible(known, holder)
    except RuleBroken:
        before = queries.turn(draw_id, member_id, day, number)
        if before is None:
            raise
        return _told(before), False
    code = f"{holder}.{(day - clock.local_day(row.opens_at)).days * TURNS + number}"
    made = _entered(row, known, _Turn(member_id, day, number, *cause, holder, code), now)
    if made is None:
        return _told(session().scalars(queries.turn_select(draw_id, member_id, day, number)).one()), False
    return made, True


def _standing(draw_id: int) -> Any:
    """Return how a draw stands now; it cannot be closed before this unit of work has ended, while others go on entering."""
    return session().execute(_STANDING, {"draw": draw_id}).one_or_none()


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


def _require_eligible(known: Facts, holder: str) -> None:
    if not known.takes_part(holder):
        raise RuleBroken(
            _("这次抽奖的名单在公布时就定好了，你不在里面：那时还没有激活会员，或者是经办抽奖、在门店收银的人。"), code="draw-not-eligible"
        )


def _entered(row: Any, known: Facts, turn: _Turn, now: datetime) -> Outcome | None:
    """Write the entry; in an instant draw that it hits, take the prize and make its coupons. None, and nothing, when there is one."""
    x = uhi1.number(known.seed, turn.code) if row.algo == Algorithm.INSTANT else None
    key = "" if x is None else uhi1.hit(x, [(prize.key, prize.ppm) for prize in known.prizes])
    if key:
        with session().begin_nested() as whole:
            made = _won(row, known, turn, (x, key), now)
            if made is None:
                whole.rollback()
        return made
    entry_id = _written(row.id, turn, now, x=x)
    if entry_id is None:
        return None
    if row.algo == Algorithm.BATCH:
        return Outcome(entry_id, row.id, turn.code, turn.holder, "waiting", drawn_at=row.public_at or row.closes_at)
    return Outcome(entry_id, row.id, turn.code, turn.holder, "none")


def _won(row: Any, known: Facts, turn: _Turn, hit: tuple[int | None, str], now: datetime) -> Outcome | None:
    x, key = hit
    prize, missed = _given(row, known, turn.member_id, key, turn.day, now)
    entry_id = _written(row.id, turn, now, x=x, prize_id=prize.id if prize else None, missed=missed)
    if entry_id is None:
        return None
    if prize is None:
        return Outcome(entry_id, row.id, turn.code, turn.holder, "none", missed=True)
    given = issuing.for_entry(entry_id, turn.member_id, dict(prize.pack), now=now) if prize.pack else []
    return Outcome(entry_id, row.id, turn.code, turn.holder, "won", prize.name, prize.value_fen, tuple(given))


def _written(draw_id: int, turn: _Turn, now: datetime, *, x: int | None, prize_id: int | None = None, missed: str = "") -> int | None:
    """Write the entry of a turn and return its id, None when there is one."""
    once = stock.insert_once(Entry.__table__, session().get_bind().dialect.name)
    values = {"draw_id": draw_id, "x": x, "prize_id": prize_id, "missed": missed, "at": now} | asdict(turn)
    found: int | None = session().scalar(once, values)
    return found


def _given(row: Any, known: Facts, member_id: int, key: str, day: date, now: datetime) -> tuple[PrizeFacts | None, str]:
    """Return the prize that is given to who hit the one with this key, and that key when it is another, or none."""
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
