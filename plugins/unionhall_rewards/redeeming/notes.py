"""What a member is told: a coupon of theirs was used, or given back. Whoever did not use it learns of it at once."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind

SAMPLE = {"coupon": "10 元消费券", "fen": "¥10.00", "place": "同心路驿站", "time": "2026-05-14 09:18"}
KINDS = (
    NoticeKind(
        "rewards.used", _l("消费券用掉了"),
        {
            "zh_CN": ("{coupon}用掉了，抵扣 {fen}", "{time} 在{place}核销，抵扣 {fen}。不是你本人或家人用的？请马上联系工会。"),
            "en": (
                "{coupon} was used: {fen} off",
                "Redeemed on {time} at {place}, {fen} off. Was it not you or your family? Tell the union at once.",
            ),
        },
        SAMPLE,
    ),
    NoticeKind(
        "rewards.given_back", _l("消费券退回来了"),
        {
            "zh_CN": ("{coupon}退回来了", "{time} {place}撤销了抵扣 {fen} 的核销，券退回你的券包，有效期不变。"),
            "en": (
                "{coupon} was given back",
                "On {time} {place} took back a redemption of {fen}. The coupon is yours again, valid until the same day.",
            ),
        },
        SAMPLE,
    ),
)  # fmt: skip
KIND_OF = {"redeemed": "rewards.used", "reversed": "rewards.given_back"}
