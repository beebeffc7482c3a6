"""One table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model, OrgOwned


class Suggestion(OrgOwned, Model):
    """What a reader suggested; about an article, perhaps. Once it is done, a picture shows it, and papers tell more."""

    __tablename__ = "sample_suggestion"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("news_article.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id"))
    papers: Mapped[list[int]] = mapped_column(JSON, default=list)
