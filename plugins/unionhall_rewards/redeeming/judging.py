"""What a coupon takes off a bill, and the sentences that say why it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, clock
from unionhall_rewards.coupons.models import Form

MOST_FEN = 100_000_000


class Refused(RuleBroken):
    """This coupon cannot be redeemed here and now; `told` are the facts for programs."""

    def __init__(self, message: str, *, code: str, told: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, code=code)
        self.told = dict(told or {})


class KeyMissing(RuleBroken):
    """A redemption came without an Idempotency-Key."""

    status: ClassVar[int] = 400
    code = "key-missing"


def yuan(fen: int) -> str:
    """Return an amount as a till shows it: "¥10.00"."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{whole:,}.{rest:02d}"


def face_words(form: str, face_fen: int, percent: int) -> str:
    """Return what a coupon is worth, in words."""
    if form == Form.PERCENT:
        return _("减 %(percent)s%%，最多 %(yuan)s", percent=percent, yuan=yuan(face_fen))
    return yuan(face_fen)


def deduction(form: str, face_fen: int, percent: int, min_spend_fen: int, bill_fen: int) -> int:
    """Return how much (fen) is taken off a bill (fen). Raises RuleBroken at the field "bill": too little was spent."""
    if not 0 <= bill_fen <= MOST_FEN:
        raise RuleBroken(_("消费金额不对：最多 %(most)s。", most=yuan(MOST_FEN)), code="bill", field="bill")
    if bill_fen < min_spend_fen:
        told = _("还差 %(missing)s：这张券满 %(least)s 才能用，现在是 %(bill)s。", missing=yuan(min_spend_fen - bill_fen),
                 least=yuan(min_spend_fen), bill=yuan(bill_fen))  # fmt: skip
        raise RuleBroken(told, code="min-spend", field="bill")
    if form == Form.ITEM:
        return face_fen
    found = min(face_fen, bill_fen * percent // 100 if form == Form.PERCENT else bill_fen)
    if found <= 0:
        raise RuleBroken(_("请填消费金额，要大于 0。"), code="bill", field="bill")
    return found


def until_words(moment: datetime) -> str:
    """Return a moment on the wall clock: "2026-05-14 09:18"."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")
