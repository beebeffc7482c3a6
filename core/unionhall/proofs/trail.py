"""What the audit trail calls the acts of proofs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.reporting import AuditWords

WORDS = AuditWords(
    {"proofs.issued": _l("开具证明"), "proofs.revoked": _l("撤销证明"), "proofs.erased": _l("隐去证明上的姓名")},
    {"proof": _l("证明")},
)
