"""Numbers that people type: credit codes, bank accounts, PINs, the codes that enrol a till. Nothing here is kept."""

from __future__ import annotations

import secrets
import unicodedata
from itertools import pairwise

from unionhall.plugin import keyed_hash

CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PIN, CODE = 6, 8
FEWEST_DIGITS, LONGEST_MOTIF = 3, 3
USUAL = frozenset({
    "112233", "332211", "147258", "258369", "159357", "357159", "789456", "456789", "123321", "321321", "100200", "520131", "521314",
    "201314", "168888", "588888", "668899", "102030", "135790", "246800", "142536", "147852", "111222",
})  # fmt: skip


def plain(text: str) -> str:
    """Return what was typed without spaces and hyphens, full-width characters as half-width ones, upper case."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(mark for mark in folded if not mark.isspace() and mark not in "-‐–—·_")


def is_credit_code(code: str) -> bool:
    """Say whether a folded unified social credit code is one: 18 characters, the last one checks the others (GB 32100)."""
    if len(code) != 18 or any(mark not in CREDIT for mark in code):
        return False
    total = sum(CREDIT.index(mark) * pow(3, place, 31) for place, mark in enumerate(code[:17]))
    return CREDIT[(31 - total % 31) % 31] == code[17]


def is_account(number: str) -> bool:
    """Say whether a folded number may be a bank account: 8 to 30 digits."""
    return number.isascii() and number.isdecimal() and 8 <= len(number) <= 30


def is_pin(pin: str) -> bool:
    """Say whether it is six digits."""
    return len(pin) == PIN and pin.isascii() and pin.isdecimal()


def is_trivial(pin: str) -> bool:
    """Say whether a PIN is among those that everybody tries first: few different digits, a motif over and over, a run, a usual one."""
    period = (pin + pin).find(pin, 1)
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return pin in USUAL or len(set(pin)) < FEWEST_DIGITS or period <= LONGEST_MOTIF or steps in ({1}, {9})


def new_pin() -> str:
    """Return a PIN that nobody guesses first."""
    while is_trivial(pin := f"{secrets.randbelow(10**PIN):0{PIN}d}"):
        continue
    return pin


def new_code() -> str:
    """Return a code that enrols a till once: 40 bits, no letter that looks like a digit."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE))


def folded_code(text: str) -> str:
    """Return a typed code as it is kept: O is read as 0, I and L as 1."""
    return plain(text).translate(str.maketrans("OIL", "011"))


def code_hash(code: str) -> str:
    """Return what the database keeps of an enrolment code."""
    return keyed_hash("stations.enrol", folded_code(code))


def shown_code(code: str) -> str:
    """Return a code in two groups, as people read it out."""
    return f"{code[:4]}-{code[4:]}"


DEMO_CODE = folded_code("DEMO-TILL")
