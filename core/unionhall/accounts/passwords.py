"""Passwords: argon2id, two at a time per process, and the rule for new ones (ASVS 5.0, 6.2)."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from unionhall.base.crypto import config
from unionhall.base.errors import RuleBroken
from unionhall.base.text import fold

SHORTEST, LONGEST = 8, 128
FEWEST_MARKS, LONGEST_MOTIF, SHORTEST_REST = 4, 4, 6
CONTEXT_WORDS = ("unionhall", "gonghui", "zhigong", "工会", "职工之家", "password", "密码")
_gate = threading.Semaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password that `check_new` has accepted."""
    with _gate:
        return _hasher().hash(_as_read(password))


def matches(stored: str, password: str) -> bool:
    """Say whether the password is the stored one; takes as long when there is none (`stored` empty)."""
    with _gate:
        try:
            return _hasher().verify(stored or _decoy(), _as_read(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """True when the stored hash was made with other parameters than those in force."""
    return _hasher().check_needs_rehash(stored)


def check_new(password: str, *, known: Iterable[str]) -> None:
    """Raise RuleBroken for a password too short, too long, too common, or made of what everybody knows (`known`)."""
    if len(password) < SHORTEST:
        message = _("密码至少 %(n)s 个字符，现在是 %(m)s 个。可以用一句话，空格和中文都行。", n=SHORTEST, m=len(password))
        raise RuleBroken(message, field="password")
    if len(password) > LONGEST:
        raise RuleBroken(_("密码最多 %(n)s 个字符，现在是 %(m)s 个。", n=LONGEST, m=len(password)), field="password")
    folded = fold(password)
    if folded in _common() or _monotonous(folded) or _says_little_new(folded, [*known, *CONTEXT_WORDS]):
        raise RuleBroken(_("这个密码太容易被猜到：常见密码、单位名、姓名或登录名都不行。换一句只有你知道的话。"), field="password")


def _monotonous(text: str) -> bool:
    """True for few different characters, one short motif over and over, or a run such as 23456789."""
    period = (text + text).find(text, 1)
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(set(text)) < FEWEST_MARKS or (period < len(text) and period <= LONGEST_MOTIF) or steps in ({1}, {-1})


def _says_little_new(text: str, words: Iterable[str]) -> bool:
    """True when little is left once the words are taken out."""
    rest = text
    for word in sorted({fold(word) for word in words}, key=len, reverse=True):
        if len(word) > 1:
            rest = rest.replace(word, "")
    return rest != text and len(rest) < SHORTEST_REST


def _as_read(password: str) -> str:
    """Return the password as every keyboard would send it (NFKC); one beyond the limit stays beyond it, cheaply."""
    return unicodedata.normalize("NFKC", password[: LONGEST + 1])


def _hasher() -> PasswordHasher:
    settings = config()
    return PasswordHasher(time_cost=settings.password_cost, memory_cost=settings.password_memory, parallelism=1)


def _decoy() -> str:
    kept = current_app.extensions.get("unionhall.decoy")
    if kept is None:
        kept = current_app.extensions["unionhall.decoy"] = _hasher().hash("nobody's password")
    return str(kept)


def _common() -> frozenset[str]:
    kept = current_app.extensions.get("unionhall.common_passwords")
    if kept is None:
        text = (files("unionhall.accounts") / "static_data" / "common_passwords.txt").read_text("utf-8")
        kept = current_app.extensions["unionhall.common_passwords"] = frozenset(text.split())
    found: frozenset[str] = kept
    return found
