"""What was answered to requests that may come twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db


class Idempotency(db.Model):
    """One `Idempotency-Key` of one account on one operation: which request it stood on and what was answered.

    The row is written in the transaction of what the request does, so there is one exactly when that was done. `status` is
    empty only while a request that stores its work in steps is still running. The answer is sealed.
    """

    __tablename__ = "rest_idempotency"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(index=True)
    route: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    body_sealed: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
