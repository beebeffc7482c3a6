"""UHI1, the instant draw: an entry's number follows from the seed and the entry's own id. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from unionhall_rewards.draws.uhd1 import Numbers

MILLION = 1_000_000


def seed(secret: bytes, draw_id: str, public: str) -> bytes:
    """Return the seed of an instant draw."""
    return hmac.digest(secret, f"UHI1.seed\n{draw_id}\n{public}\n".encode(), hashlib.sha256)


def number(key: bytes, entry_id: str) -> int:
    """Return an entry's number, 0 to 999,999; the same however often it is asked."""
    return Numbers(hmac.digest(key, f"UHI1.entry\n{entry_id}\n".encode(), hashlib.sha256)).below(MILLION)


def hit(found: int, prizes: Iterable[tuple[str, int]]) -> str:
    """Return the prize that a number hits, walking (prize, ppm) in order; "" for none."""
    upto = 0
    for prize, ppm in prizes:
        upto += ppm
        if found < upto:
            return prize
    return ""


def result_hash(lines: Iterable[tuple[str, int, str, str]]) -> str:
    """Return the hash of (entry id, number, prize given, prize missed) of all entries, hex; sorted by id."""
    told = sorted(lines, key=lambda line: line[0].encode())
    body = "".join(f"{entry}\t{x}\t{prize}\t{missed}\n" for entry, x, prize, missed in told)
    return hashlib.sha256(f"UHI1.result\n{body}".encode()).hexdigest()
