"""A secret in three shares of which two give it back and one says nothing (Shamir, over GF(256)): the audit committee's sealed copy."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence

NUMBERS = (1, 2, 3)
PREFIX = "UHS1"


def split(draw_id: str, secret: bytes, *, random: Callable[[int], bytes] = secrets.token_bytes) -> list[str]:
    """Return three printable shares."""
    slopes = random(len(secret))
    found = []
    for x in NUMBERS:
        body = bytes(byte ^ times(slope, x) for byte, slope in zip(secret, slopes, strict=True))
        found.append(f"{PREFIX}-{draw_id}-{x}-{body.hex()}")
    return found


def digest(share: str) -> str:
    """Return what is published of a share, hex: a random half a secret cannot be guessed from it."""
    return hashlib.sha256(f"{PREFIX}\n{share}\n".encode()).hexdigest()


def join(given: Sequence[str]) -> bytes:
    """Return the secret from two different shares. Raises ValueError for what is no share, or twice the same."""
    (one, first), (two, second) = (_parsed(share) for share in given[:2])
    if one == two or len(first) != len(second):
        raise ValueError("two different shares of one secret are needed")
    # The line through both, at zero: (x2*y1 - x1*y2) / (x2 - x1), where minus is plus.
    scale = inverse(one ^ two)
    return bytes(times(times(two, a) ^ times(one, b), scale) for a, b in zip(first, second, strict=True))


def _parsed(share: str) -> tuple[int, bytes]:
    head, _dash, body = tidy(share).rpartition("-")
    number = head.rpartition("-")[2]
    if not head.startswith(f"{PREFIX}-") or number not in {"1", "2", "3"}:
        raise ValueError("no share")
    return int(number), bytes.fromhex(body)


def tidy(share: str) -> str:
    """Return a share as it was made, from what somebody copied."""
    return "".join(share.split())


def times(a: int, b: int) -> int:
    """Return the product in GF(256), x^8 + x^4 + x^3 + x + 1."""
    found = 0
    while b:
        if b & 1:
            found ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return found


def inverse(a: int) -> int:
    """Return 1 / a."""
    found = a
    for _ in range(6):
        found = times(times(found, found), a)
    return times(found, found)
