"""The end of the audit trail, published every day (security.md 3.4): who wrote it down elsewhere sees when what came before is cut off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.accounts.queries import holders
from unionhall.base import clock, db
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.types import SYSTEM
from unionhall.notices.services import notify
from unionhall.orgs.queries import root
from unionhall.platform import audit
from unionhall.system.queries import AUDIT

ACT, SHOWN = "system.head_published", 60
KIND = NoticeKind(
    "system.head", _l("操作记录的链尾"),
    {
        "zh_CN": (
            "{day} 操作记录的链尾",
            "操作记录到这时有 {number} 条，链尾是：\n\n{head}\n\n请存在网站以外的地方。以后请管理员运行 unionhall verify --expect "
            "{head}，前面的记录被改过、截掉过都看得出来。",
        ),
        "en": (
            "The audit trail’s head of {day}",
            "The audit trail has {number} lines by now. Its head is:\n\n{head}\n\nKeep it somewhere outside the site. When an "
            "administrator runs unionhall verify --expect {head} later, it shows whether lines before it were changed or cut off.",
        ),
    },
    {"day": "2026-05-14", "number": "1024", "head": "1024:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The trail's end at a moment: how many lines, and the last one's hash."""

    at: datetime
    number: int
    hash: str

    @property
    def text(self) -> str:
        """Return it as `unionhall verify --expect` takes it."""
        return f"{self.number}:{self.hash}"


def published(most: int = SHOWN) -> list[Head]:
    """Return the heads of the last days, the newest first."""
    wanted = select(audit.AuditEntry.at, audit.AuditEntry.event).where(audit.AuditEntry.act == ACT).order_by(audit.AuditEntry.n.desc())
    found = [(at, json.loads(event)) for at, event in db.session().execute(wanted.limit(most))]
    return [Head(at, told["x_number"], told["x_hash"]) for at, told in found]


def publish(now: datetime) -> None:
    """Job: note the head of this Shanghai day in the trail itself, and send it to those who audit the whole site; once a day."""
    with db.unit_of_work() as session:
        day, newest = clock.local_day(now), published(1)
        if newest and clock.local_day(newest[0].at) >= day:
            return
        row = session.execute(select(audit.AuditHead.n, audit.AuditHead.hash).with_for_update()).one()
        head = Head(now, row.n, row.hash)
        audit.record(ACT, f"day:{day}", actor=SYSTEM, now=now, number=head.number, hash=head.hash)
        values = {"day": day.isoformat(), "number": str(head.number), "head": head.text}
        notify(KIND.name, holders(AUDIT, root().path, now), values, key=f"head-{day}", now=now, url="/audit-heads/")
