"""One row per terminal; what its browser holds is kept as a hash only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db


class Terminal(db.Model):
    """A browser in a public place: what it is called, where it stands, whom people there can ring."""

    __tablename__ = "terminals_terminal"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(30))
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    enrolled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def state(self, now: datetime) -> str:
        """Return "revoked", "running", "waiting" for its code to be typed, or "late" when the code is over."""
        if self.revoked_at:
            return "revoked"
        if self.token_hash:
            return "running"
        return "waiting" if self.code_until and now < self.code_until else "late"
