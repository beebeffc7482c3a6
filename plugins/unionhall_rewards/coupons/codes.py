"""UHC1: coupon codes of 16 characters, typed or scanned. 80 bits: key id 5, serial 35, MAC 35, check 5 (security.md, section 3.5).

A wrong character or two swapped ones are found without any key; a code that was not issued is found without asking the database.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from unionhall.plugin import keyed_hashes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, KEY_ID = 16, 1
SERIALS = 1 << 35
_VALUES = {mark: value for value, mark in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read: the key it was made with, its serial, and its 16 characters."""

    key_id: int
    serial: int
    text: str

    @property
    def printed(self) -> str:
        """Return it in groups of four."""
        return "-".join(self.text[start : start + 4] for start in range(0, LENGTH, 4))


def make(serial: int, *, key: bytes, key_id: int = KEY_ID) -> Code:
    """Return the code of a serial (0 to 2^35 - 1). Raises ValueError for another."""
    if not 0 <= serial < SERIALS or not 0 <= key_id < 32:
        raise ValueError("no serial")
    body = key_id << 70 | serial << 35 | mac(serial, key=key, key_id=key_id)
    places = [body >> shift & 31 for shift in range(70, -1, -5)]
    return Code(key_id, serial, "".join(ALPHABET[value] for value in [*places, _check(places)]))


def parse(text: str) -> Code | None:
    """Read what was typed or scanned: lower case, full width, spaces and dashes are forgiven. None for what is no code, or mistyped."""
    marks = unicodedata.normalize("NFKC", text[:80]).upper()
    values = [_VALUES.get(mark, -1) for mark in marks if mark not in " -‐–—\t"]
    if len(values) != LENGTH or min(values) < 0 or _sum(values) != 0:
        return None
    body = 0
    for value in values[:-1]:
        body = body << 5 | value
    return Code(body >> 70, body >> 35 & (SERIALS - 1), "".join(ALPHABET[value] for value in values))


def is_genuine(code: Code, *, key: bytes) -> bool:
    """Say whether a code was made with a key."""
    made = make(code.serial, key=key, key_id=code.key_id)
    return hmac.compare_digest(made.text, code.text)


def mac(serial: int, *, key: bytes, key_id: int) -> int:
    """Return the 35 bits that only the holder of the key can make."""
    digest = hmac.digest(key, b"UHC1\n" + bytes([key_id]) + serial.to_bytes(8, "big"), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") >> 29


def lookup(code: Code, *, pepper: bytes) -> str:
    """Return what the database keeps of a code."""
    return hmac.digest(pepper, b"UHC1.lookup\n" + code.text.encode(), hashlib.sha256).hex()


def site_key(key_id: int = KEY_ID) -> bytes:
    """Return this site's key with an id, derived from its secret: what new codes are made with."""
    return site_keys(key_id)[0]


def site_keys(key_id: int = KEY_ID) -> list[bytes]:
    """Return the key with an id that the site's present secret gives, then those of its old secrets: a code outlives the secret."""
    return [bytes.fromhex(found) for found in keyed_hashes("rewards.code", str(key_id))]


def site_pepper() -> bytes:
    """Return this site's pepper of lookups, for new codes."""
    return site_peppers()[0]


def site_peppers() -> list[bytes]:
    """Return the peppers of lookups that the site's present and old secrets give."""
    return [bytes.fromhex(found) for found in keyed_hashes("rewards.lookup", "")]


def genuine_here(code: Code) -> bool:
    """Say whether a code was made by this site, with its present secret or an old one."""
    return any(is_genuine(code, key=key) for key in site_keys(code.key_id))


def lookups(code: Code) -> list[str]:
    """Return everything that the database may keep of a code: one for each secret of the site."""
    return [lookup(code, pepper=pepper) for pepper in site_peppers()]


def _check(places: list[int]) -> int:
    return _sum([*places, 0])


def _sum(values: list[int]) -> int:
    """Return the sum of value times 2^(15 - place) in GF(32), by Horner's rule."""
    total = 0
    for value in values:
        total = total << 1
        if total & 32:
            total ^= 0b100101  # x^5 + x^2 + 1
        total ^= value
    return total
