"""What the person of a proof is told."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.base import db
from unionhall.hooks.people import NoticeKind
from unionhall.members.models import Member
from unionhall.notices.services import notify
from unionhall.platform.access import unscoped
from unionhall.proofs.models import Proof

REVOKED = NoticeKind(
    "proofs.revoked", _l("证明被撤销"),
    {
        "zh_CN": ("证明已撤销：{title}", "你的“{title}”（编号 {number}）被撤销了。原因：{reason}。有异议请联系出具单位。"),
        "en": ("Revoked: {title}",
               "Your “{title}” (number {number}) was revoked. The reason: {reason}. Please ask the issuer if you disagree."),
    },
    {"title": "志愿服务时长证明", "number": "7K2M-9QX4-0T6B-V3HP", "reason": "时长登记有误"},
)  # fmt: skip


def revoked(proof: Proof, now: datetime) -> None:
    """Tell the person that a proof does not hold any more, and why."""
    account_id = db.session().scalar(unscoped(select(Member.account_id).where(Member.id == proof.member_id), why="told"))
    if account_id is None:
        return
    values = {"title": proof.title, "number": proof.number, "reason": proof.revoked_reason}
    notify("proofs.revoked", [account_id], values, key=str(proof.id), now=now, url=f"/my/proofs/{proof.id}/", org_id=proof.org_id)
