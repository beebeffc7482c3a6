"""What happened to one asset, from the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from unionhall.accounts.queries import names
from unionhall.base import db
from unionhall.media.labels import ACTS
from unionhall.media.models import Asset
from unionhall.platform.audit import AuditEntry

MOST = 50


@dataclass(frozen=True)
class Line:
    """One act: when, what, and who did it ("" for the system)."""

    at: datetime
    what: str
    who: str


def of(asset: Asset) -> list[Line]:
    """Return the newest acts first; pictures of before the library stand in the trail as "image:…"."""
    mine = select(AuditEntry).where(AuditEntry.obj.in_([f"asset:{asset.id}", f"image:{asset.id}"]))
    rows = list(db.session().scalars(mine.order_by(AuditEntry.n.desc()).limit(MOST)))
    people = names({row.actor_id for row in rows if row.actor_id})
    return [Line(row.at, str(ACTS.get(row.act, row.act)), people.get(row.actor_id or 0, "")) for row in rows]
