"""Images that were uploaded, one row each; the files lie in the storage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db
from unionhall.platform.access import OrgOwned


class Image(OrgOwned, db.Model):
    """A re-encoded picture. `stem` is a random name; `widths` are the WebP renditions there are."""

    __tablename__ = "media_image"
    __table_args__ = (CheckConstraint("width > 0 and height > 0", name="size"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stem: Mapped[str] = mapped_column(String(40), unique=True)
    extension: Mapped[str] = mapped_column(String(5))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    widths: Mapped[list[int]] = mapped_column(JSON, default=list)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    uploaded_by: Mapped[int | None]
    created_at: Mapped[datetime]

    @property
    def src(self) -> str:
        """Return the address of the full picture."""
        return f"/media/{self.stem[:2]}/{self.stem}.{self.extension}"

    @property
    def srcset(self) -> str:
        """Return the WebP renditions for `<source srcset>`; empty for a picture smaller than the smallest."""
        return ", ".join(f"/media/{self.stem[:2]}/{self.stem}-{width}.webp {width}w" for width in self.widths)
