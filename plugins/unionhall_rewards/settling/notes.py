"""Who is told of what about settling."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind

KINDS = (
    NoticeKind("rewards.statement_disputed", _l("门店对结算单有疑问"), {
        "zh_CN": ("{store}对结算单有疑问", "{store}对{month}的结算单提了疑问，请打开编务台答复。"),
        "en": ("{store} questions a statement", "{store} questions its statement of {month}; please answer at the desk."),
    }, {"store": "同心路便利店", "month": "2026 年 5 月"}),
    NoticeKind("rewards.adjustment_waits", _l("有结算更正等你批"), {
        "zh_CN": ("结算更正等你批：{store}", "{store}有一笔 {amount} 的结算更正等另一位同事批准。"),
        "en": ("A correction waits: {store}", "A correction of {amount} for {store} waits for another person's approval."),
    }, {"store": "同心路便利店", "amount": "-10 元"}),
    NoticeKind("rewards.reconciliation_failed", _l("奖券账目对不平"), {
        "zh_CN": ("奖券账目有 {number} 处对不上", "第一处：{first} 请马上打开编务台的“对账”查看，查清以前先不要付款。"),
        "en": ("The coupon accounts do not add up: {number}",
               "The first finding: {first} Please open “Reconciliation” at the desk; pay nobody until it is clear."),
    }, {"number": "2", "first": "I5 经费 1：记着可用 9999 分"}),
)  # fmt: skip
