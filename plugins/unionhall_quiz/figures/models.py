"""What was handed to the news desk as an idea for a story."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model


class Idea(Model):
    """That a topic in which many were wrong was told to the editors, once a month for each round."""

    __tablename__ = "quiz_idea"
    __table_args__ = (UniqueConstraint("round_id", "topic_id", "month", name="uq_quiz_idea_month"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_round.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("quiz_topic.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    told_by: Mapped[int | None]
    told_at: Mapped[datetime]
