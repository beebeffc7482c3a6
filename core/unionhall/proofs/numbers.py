"""Numbers of proofs: sixteen letters of Crockford's base 32, fifteen of them random, the last one a check on typing."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
LOOK_ALIKES = str.maketrans("OIL", "011")


def new() -> str:
    """Return a number nobody can guess: 75 random bits, in four groups."""
    drawn = "".join(secrets.choice(ALPHABET) for _n in range(LENGTH - 1))
    return grouped(drawn + _check(drawn))


def grouped(letters: str) -> str:
    """Return sixteen letters as they are printed: "7K2M-…"."""
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read(typed: str) -> str:
    """Return the number in what was typed, with look-alike letters put right; "" when it cannot be one."""
    letters = "".join(mark for mark in typed[:60].upper().translate(LOOK_ALIKES) if mark.isalnum())
    if len(letters) != LENGTH or any(mark not in ALPHABET for mark in letters) or _check(letters[:-1]) != letters[-1]:
        return ""
    return grouped(letters)


def _check(letters: str) -> str:
    """Return the check letter: weights are odd, so one wrong letter and most neighbours changed about are noticed."""
    total = sum(ALPHABET.index(mark) * (2 * place + 1) for place, mark in enumerate(letters))
    return ALPHABET[total % 32]
