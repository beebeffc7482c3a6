"""What is fixed once a draw is published, opened once in a process: keys, prizes, who takes part."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from unionhall.plugin import clock, unseal
from unionhall_rewards.draws import queries, uhd1, uhi1
from unionhall_rewards.draws.models import Algorithm, Draw

SECRET, NAMES = "rewards.draw.secret", "rewards.draw.names"
KEPT = 6


@dataclass(frozen=True, slots=True)
class PrizeFacts:
    """A prize as it was published; `pack` is {coupon kind id: how many}."""

    id: int
    key: str
    name: str
    value_fen: int
    ppm: int
    per_day: int | None
    late: int | None
    pack: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What `enter` needs of a draw. `seed` is there in an instant draw whose public value is known; `eligible` is sorted."""

    key: str
    names: bytes
    seed: bytes
    prizes: tuple[PrizeFacts, ...]
    eligible: tuple[str, ...]
    late_from: int

    def released(self, prize: PrizeFacts, day: date, now: datetime) -> int | None:
        """Return how many of a prize may be given of a day by now: before the evening, less what is kept back for it; None: any number."""
        if prize.per_day is None or not prize.late or clock.local_day(now) != day:
            return prize.per_day
        early = now < clock.first_moment(day) + timedelta(minutes=self.late_from)
        return prize.per_day - prize.late if early else prize.per_day

    def holder(self, member_id: int) -> str:
        """Return a member's pseudonym."""
        return uhd1.pseudonym(self.names, member_id)

    def takes_part(self, holder: str) -> bool:
        """Say whether a pseudonym is on the frozen list."""
        at = bisect_left(self.eligible, holder)
        return at < len(self.eligible) and self.eligible[at] == holder


_known: OrderedDict[tuple[str, str], Facts] = OrderedDict()
_lock = Lock()


def of(draw_id: int, commit: str, public: str) -> Facts:
    """Return the facts of a published draw; `commit` and `public` as its row says now, so that nothing stale is found."""
    at = (commit, public)
    with _lock:
        if at in _known:
            _known.move_to_end(at)
            return _known[at]
    found = _read(draw_id)
    with _lock:
        _known[at] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def secret_of(draw: Draw) -> bytes:
    """Open a draw's secret. Raises ValueError when the site's key is another one now."""
    return bytes.fromhex(unseal(SECRET, draw.secret_sealed))


def _read(draw_id: int) -> Facts:
    draw = queries.existing(draw_id)
    instant = draw.algo == Algorithm.INSTANT and bool(draw.public_value)
    prizes = tuple(
        PrizeFacts(
            prize.id, prize.key, prize.name, prize.value_fen, prize.ppm, prize.per_day, prize.late,
            tuple((int(kind), number) for kind, number in prize.coupons.items()),
        )
        for prize in draw.prizes
    )  # fmt: skip
    return Facts(
        draw.key, bytes.fromhex(unseal(NAMES, draw.names_sealed)),
        uhi1.seed(secret_of(draw), draw.key, draw.public_value) if instant else b"", prizes,
        tuple(queries.frozen_list(draw_id, queries.ELIGIBLE)), draw.late_from,
    )  # fmt: skip
