"""Identity documents and mobile numbers: read, checked, sealed, found by keyed hash, shown masked."""

from __future__ import annotations

import re
from datetime import date

from unionhall.accounts.phones import MOBILE as MOBILE
from unionhall.accounts.phones import folded as folded
from unionhall.accounts.phones import is_mobile as is_mobile
from unionhall.accounts.phones import masked_mobile as masked_mobile
from unionhall.accounts.phones import mobile_hash as mobile_hash
from unionhall.accounts.phones import open_mobile as open_mobile
from unionhall.accounts.phones import seal_mobile as seal_mobile
from unionhall.base.crypto import keyed_hash, seal, unseal

ID, HOUSEHOLD = "members.id", "members.household"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)

def check_digit(first17: str) -> str:
    """Return the eighteenth digit of a resident identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def resident_problem(number: str) -> str:
    """Return "" for a valid folded resident number, else "length", "form", "date" or "check"."""
    if len(number) != 18:
        return "length"
    if not _RESIDENT.fullmatch(number):
        return "form"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "date"
    return "" if check_digit(number[:17]) == number[17] else "check"


def born_on(number: str) -> date:
    """Return the day of birth that a valid resident number holds."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def id_hash(number: str) -> str:
    """Return what the database finds a folded identity number by."""
    return keyed_hash(ID, number)


def seal_id(number: str) -> str:
    """Return an identity number as the database keeps it."""
    return seal(ID, number)


def open_id(sealed: str) -> str:
    """Return a kept identity number in full, "" for none; every caller shows it masked or notes a look."""
    return unseal(ID, sealed) if sealed else ""


def masked_id(sealed: str) -> str:
    """Return a kept identity number as lists show it: 3301**********1234 for eighteen digits, ends only for shorter ones."""
    number = open_id(sealed)
    ends = 4 if len(number) >= 15 else 2
    return number[:ends] + "*" * max(0, len(number) - 2 * ends) + number[-ends:] if number else ""
