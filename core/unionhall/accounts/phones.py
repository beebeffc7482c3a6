"""The verified mobile number of an account, as the database keeps it; the roster seals its numbers the same way."""

from __future__ import annotations

import re
import unicodedata

from unionhall.base.crypto import keyed_hash, seal, unseal

MOBILE = "members.mobile"
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LOOSE = re.compile(r"[\s\-\u2010-\u2015·]+")


def folded(text: str) -> str:
    """Return a number as it is compared: full-width digits folded, spaces and dashes gone, letters upper-case."""
    return _LOOSE.sub("", unicodedata.normalize("NFKC", text)).upper()


def is_mobile(number: str) -> bool:
    """Say whether a folded text is a mobile number of mainland China (11 digits, 1[3-9]…)."""
    return bool(_MOBILE.fullmatch(number))


def mobile_hash(number: str) -> str:
    """Return what the database finds a folded mobile number by."""
    return keyed_hash(MOBILE, number)


def seal_mobile(number: str) -> str:
    """Return a mobile number as the database keeps it."""
    return seal(MOBILE, number)


def open_mobile(sealed: str) -> str:
    """Return a kept mobile number in full, "" for none; every caller shows it masked or notes a look."""
    return unseal(MOBILE, sealed) if sealed else ""


def mask(number: str) -> str:
    """Return a mobile number as lists show it: 138****2617."""
    return f"{number[:3]}****{number[-4:]}" if number else ""


def masked_mobile(sealed: str) -> str:
    """Return a kept mobile number as lists show it, "" for none."""
    return mask(open_mobile(sealed))
