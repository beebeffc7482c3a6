"""What the audit trail calls the acts of public notices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.reporting import AuditWords

WORDS = AuditWords(
    {
        "publicity.opened": _l("开始公示"), "publicity.objected": _l("收到公示异议"), "publicity.contact_seen": _l("查看异议人的联系方式"),
        "publicity.answered": _l("答复公示异议"), "publicity.ended": _l("公示结束"), "publicity.erased": _l("隐去公示的姓名"),
    },
    {"publicity": _l("公示"), "objection": _l("公示异议")},
)  # fmt: skip
