"""Amounts of money in forms: typed in yuan as people type them, kept in fen."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from wtforms import DecimalField
from wtforms.widgets import TextInput

FORGIVEN = str.maketrans({"。": ".", "−": "-", ",": None, "¥": None, "元": None, " ": None})  # not translated: signs that are dropped


class YuanField(DecimalField):
    """An amount in yuan with at most two decimals, within `least` and `most` yuan; `fen` is what is kept.

    "1,200", "￥１６．５０" and "20 元" are understood.
    """

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, *, least: str = "0.01", most: int = 1_000_000, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.least, self.most = Decimal(least), Decimal(most)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", str(valuelist[0])[:40]).translate(FORGIVEN) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValueError(_("金额请填数字，例如 1000 或 12.50。")) from None
        if not amount.is_finite() or not self.least <= amount <= self.most or amount != round(amount, 2):
            told = _("金额要在 %(least)s 到 %(most)s 元之间，最多两位小数。", least=f"{self.least:,}", most=f"{self.most:,}")
            raise ValueError(told)
        self.data = amount

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:f}".removesuffix(".00") if self.data is not None else ""

    @property
    def fen(self) -> int | None:
        """Return the amount in fen, None for none."""
        return int(self.data * 100) if self.data is not None else None


def in_yuan(fen: int | None) -> Decimal | None:
    """Return fen as a form shows them."""
    return Decimal(fen).scaleb(-2) if fen is not None else None
