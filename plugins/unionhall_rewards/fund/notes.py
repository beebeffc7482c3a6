"""Who is told of a request for money."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind

_SAMPLE = {"fund": "会员日经费", "amount": "50,000 元"}
KINDS = (
    NoticeKind("rewards.budget_waits", _l("有拨款申请等你批"), {
        "zh_CN": ("拨款申请等你批：{fund}", "“{fund}”有一份 {amount} 的拨款申请等你批准，请打开编务台看看。"),
        "en": ("A request for money waits: {fund}", "A request for {amount} of “{fund}” waits for your approval at the desk."),
    }, _SAMPLE),
    NoticeKind("rewards.budget_decided", _l("拨款申请有答复"), {
        "zh_CN": ("拨款申请有答复了：{fund}", "你申请的“{fund}” {amount} 有答复了，请打开编务台看看。"),
        "en": ("Your request was answered: {fund}", "Your request for {amount} of “{fund}” has been answered; see it at the desk."),
    }, _SAMPLE),
)  # fmt: skip
