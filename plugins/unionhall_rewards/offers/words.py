"""What the audit trail calls the acts around offers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "merchant_kept": _l("保存商户"), "offer_written": _l("写商户优惠"), "offer_submitted": _l("商户优惠送审"),
    "offer_approved": _l("同意商户优惠"), "offer_returned": _l("退回商户优惠"), "offer_withdrawn": _l("撤下商户优惠"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {"merchant": _l("商户"), "offer": _l("商户优惠")}
