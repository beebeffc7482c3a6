"""The notices that those get who made a campaign or sent it for review."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.people import NoticeKind

_SAMPLE = {"title": "2026 职工健康月", "reason": "请补上雨天的安排。", "who": "周敏", "when": "2026-05-14 09:30"}
KINDS = (
    NoticeKind(
        "campaigns.returned", _l("活动被退回"),
        {
            "zh_CN": ("退回修改：{title}", "{who} 把“{title}”退回修改了。原因：{reason}\n改好后可以再送审。"),
            "en": ("Returned: {title}", "{who} returned “{title}”. Reason: {reason}\nYou can send it for review again after the changes."),
        },
        _SAMPLE,
    ),
    NoticeKind(
        "campaigns.approved", _l("活动通过审批"),
        {
            "zh_CN": ("已通过：{title}", "{who} 批准了“{title}”。到开始时间它会自动开始，现在可以发链接和海报了。"),
            "en": ("Approved: {title}", "{who} approved “{title}”. It starts by itself on time; the link and the poster work now."),
        },
        _SAMPLE,
    ),
    NoticeKind(
        "campaigns.started", _l("活动开始"),
        {
            "zh_CN": ("已开始：{title}", "“{title}”在 {when} 开始了。"),
            "en": ("Started: {title}", "“{title}” started at {when}."),
        },
        _SAMPLE,
    ),
    NoticeKind(
        "campaigns.ended", _l("活动结束"),
        {
            "zh_CN": ("已结束：{title}", "“{title}”在 {when} 结束了。请写结果说明，核对数字后公布。"),
            "en": ("Ended: {title}", "“{title}” ended at {when}. Please write up the result, check the figures and publish them."),
        },
        _SAMPLE,
    ),
    NoticeKind(
        "campaigns.cancelled", _l("活动取消"),
        {
            "zh_CN": ("已取消：{title}", "{who} 取消了“{title}”。原因：{reason}"),
            "en": ("Cancelled: {title}", "{who} cancelled “{title}”. Reason: {reason}"),
        },
        _SAMPLE,
    ),
)  # fmt: skip
