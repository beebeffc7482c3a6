"""What of a draw is published for everybody to check: lists, results, one file of it all, and the way of one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unionhall_rewards.draws import merkle, publishing, queries, uhd1, uhi1
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Prize
from unionhall_rewards.draws.verifying import FORMAT


def is_frozen(draw: Draw) -> bool:
    """Say whether the list of entrants is frozen, so that it may be shown."""
    return draw.entrants_hash != ""


def results(draw: Draw) -> list[list[Any]]:
    """Return a draw's result as it is published: (prize, n-th, entry) of a batch, (entry, number, prize, missed) of an instant draw."""
    if draw.algo == Algorithm.INSTANT:
        return [list(line) for line in queries.outcomes(draw)]
    return [[slot.prize, slot.number, slot.ticket] for slot in slots(draw)]


def slots(draw: Draw) -> list[uhd1.Slot]:
    """Return a batch draw's result as it is kept."""
    rows = queries.results(draw.id)
    entries = queries.entries_by_ids(row.entry_id for row in rows)
    keys = {prize.id: prize.key for prize in draw.prizes}
    return [uhd1.Slot(keys.get(row.prize_id or 0, uhd1.RESERVE), row.number, entries[row.entry_id].code) for row in rows]


def bundle(draw: Draw) -> dict[str, Any]:
    """Return the file from which a draw can be checked by itself. Before the end it says what is known."""
    frozen, done = is_frozen(draw), draw.state == DrawState.DONE
    return {
        "format": FORMAT, "spec": draw.spec, "spec_hash": draw.spec_hash, "commit": draw.commit_hash, "public": draw.public_value,
        "entrants": queries.codes(draw.id) if frozen else [], "entrants_hash": draw.entrants_hash, "merkle_root": draw.merkle_root,
        "eligible": queries.frozen_list(draw.id, queries.ELIGIBLE), "secret": draw.secret, "results": results(draw) if done else [],
        "result_hash": draw.result_hash,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of one entry: whether it is in the frozen list, the way to the root, its number and prize once computed."""

    code: str
    listed: bool
    way: tuple[tuple[str, str], ...] = ()
    holds: bool = False
    x: int | None = None
    slot: uhd1.Slot | None = None
    prize: str = ""
    kept: str = ""
    agrees: bool | None = None
    """Whether what is computed now is what was kept; None before the secret is revealed."""


def check(draw: Draw, code: str) -> Checked:
    """Compute one entry's outcome again from what is published."""
    codes = queries.codes(draw.id) if is_frozen(draw) else []
    if code not in codes:
        return Checked(code, False)
    way = tuple(merkle.proof(codes, code))
    holds = merkle.holds(code, way, draw.merkle_root)
    if draw.state != DrawState.DONE:
        return Checked(code, True, way, holds)
    names = {prize.key: prize for prize in draw.prizes}
    if draw.algo == Algorithm.INSTANT:
        return _instant(draw, code, way, holds, names)
    found, _numbers = uhd1.run(publishing.parsed(draw), bytes.fromhex(draw.secret), codes, draw.public_value)
    mine = next((slot for slot in found if slot.ticket == code), None)
    stored = next((slot for slot in slots(draw) if slot.ticket == code), None)
    prize = names[mine.prize].name if mine and mine.prize in names else ""
    return Checked(code, True, way, holds, slot=mine, prize=prize, agrees=mine == stored)


def _instant(draw: Draw, code: str, way: tuple[tuple[str, str], ...], holds: bool, names: dict[str, Prize]) -> Checked:
    entry = queries.entry_by_code(draw.id, code)
    x = uhi1.number(uhi1.seed(bytes.fromhex(draw.secret), draw.key, draw.public_value), code)
    key = uhi1.hit(x, [(prize.key, prize.ppm) for prize in draw.prizes])
    given = entry.prize.name if entry and entry.prize else ""
    agrees = entry is not None and entry.x == x and key in (entry.missed, entry.prize.key if entry.prize else "")
    return Checked(code, True, way, holds, x, None, names[key].name if key else "", given, agrees)
