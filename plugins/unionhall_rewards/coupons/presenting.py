"""What a member shows at a till: a QR that changes every minute, or the 16 characters; and reading either again.

The QR holds "UHP" and 24 Crockford characters: the coupon's id (35 bits), the minute (10 bits, it comes round every 17 hours) and 75 bits
of HMAC-SHA256 over both, the minute in full. All of them are letters and digits that a QR code packs tightly.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime

import segno
from sqlalchemy import select

from unionhall.plugin import keyed_hashes, session, unseal
from unionhall_rewards.coupons import codes
from unionhall_rewards.coupons.issuing import SEALED
from unionhall_rewards.coupons.models import Coupon

PREFIX, SECONDS = "UHP", 60
_ID, _MINUTE, _MAC = 7, 2, 15
_LENGTH = _ID + _MINUTE + _MAC
_ROUND = 1 << 5 * _MINUTE
_VALUES = {mark: value for value, mark in enumerate(codes.ALPHABET)}
YOUNGEST, OLDEST = -1, 1
"""How many minutes old a QR may be; -1 for one of a server whose clock is a little ahead."""


def token(coupon_id: int, now: datetime) -> str:
    """Return what the QR of a coupon holds in this minute; it is good until the end of the next one."""
    minute = _minute(now)
    body = _text(coupon_id, _ID) + _text(minute % _ROUND, _MINUTE)
    return PREFIX + body + _text(_mac(coupon_id, minute, _keys()[0]), _MAC)


def picture(coupon_id: int, now: datetime) -> str:
    """Return the QR of a coupon in this minute as the address of an image."""
    drawn: str = segno.make(token(coupon_id, now), error="m", micro=False).svg_data_uri(scale=8, border=3, dark="#000000", light="#ffffff")
    return drawn


def seconds_left(now: datetime) -> int:
    """Return after how many seconds a new QR should be shown: when this minute is over."""
    return SECONDS - int(now.timestamp()) % SECONDS


def read(text: str, now: datetime) -> int | None:
    """Return the id of the coupon that was scanned or typed; None for what nobody was given, and for a QR that is too old.

    Nothing is asked of the database for a code that is not genuine, nor for a QR at all.
    """
    plain = unicodedata.normalize("NFKC", text[:80]).strip().upper()
    if plain.startswith(PREFIX) and len(plain) == len(PREFIX) + _LENGTH:
        return _read_token(plain[len(PREFIX) :], now)
    code = codes.parse(text)
    if code is None or not codes.genuine_here(code):
        return None
    return session().scalar(select(Coupon.id).where(Coupon.lookup.in_(codes.lookups(code))))


def printed(coupon: Coupon) -> str:
    """Return a coupon's code in groups of four, for its member; "" when it was erased."""
    code = codes.parse(unseal(SEALED, coupon.code_sealed)) if coupon.code_sealed else None
    return code.printed if code else ""


def _read_token(body: str, now: datetime) -> int | None:
    parts = [_number(body[:_ID]), _number(body[_ID : _ID + _MINUTE]), _number(body[_ID + _MINUTE :])]
    coupon_id, low, mac = parts
    if coupon_id is None or low is None or mac is None or coupon_id >= 1 << 31:
        return None
    for age in range(YOUNGEST, OLDEST + 1):
        minute = _minute(now) - age
        if minute % _ROUND == low:
            return coupon_id if any(_same(_mac(coupon_id, minute, key), mac) for key in _keys()) else None
    return None


def _same(one: int, other: int) -> bool:
    return hmac.compare_digest(_text(one, _MAC), _text(other, _MAC))


def _keys() -> list[bytes]:
    return [bytes.fromhex(found) for found in keyed_hashes("rewards.present", "UHP1")]


def _mac(coupon_id: int, minute: int, key: bytes) -> int:
    digest = hmac.digest(key, b"UHP1\n" + coupon_id.to_bytes(8, "big") + minute.to_bytes(8, "big"), hashlib.sha256)
    return int.from_bytes(digest[:10], "big") >> 5


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def _text(value: int, length: int) -> str:
    return "".join(codes.ALPHABET[value >> 5 * place & 31] for place in range(length - 1, -1, -1))


def _number(text: str) -> int | None:
    value = 0
    for mark in text:
        if mark not in _VALUES:
            return None
        value = value << 5 | _VALUES[mark]
    return value
