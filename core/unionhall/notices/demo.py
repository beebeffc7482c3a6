"""The demo's notices stay in the inboxes: nothing that is told of the past is sent now, and most of it has been read."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from unionhall.base import db
from unionhall.notices.models import Notice

FRESH, LATER = timedelta(days=3), timedelta(hours=5)


def settle(now: datetime) -> None:
    """Put what the features told people in the order in which it happened; older than three days is read, nothing is sent."""
    columns = [column for column in Notice.__table__.columns if column.name != "id"]
    rows = [dict(row) for row in db.session().execute(select(*columns).order_by(Notice.created_at, Notice.id)).mappings()]
    for row in rows:
        row["planned_at"] = row["created_at"]
        row["read_at"] = row["created_at"] + LATER if row["created_at"] < now - FRESH else None
    db.session().execute(delete(Notice))
    if rows:
        db.session().execute(insert(Notice), rows)
