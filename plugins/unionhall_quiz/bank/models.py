"""Topics and questions. A question is usable while it is approved and not expired; changing one sends it back to review."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.plugin import Model, Org, OrgOwned


class QuestionKind(StrEnum):
    """How one answers: one option, several, right or wrong, an order, or one of several pictures."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    ORDER = "order"
    PICTURE = "picture"


class QuestionState(StrEnum):
    """Where a question stands."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    RETIRED = "retired"


class Topic(OrgOwned, Model):
    """A topic of an org, used at and below it."""

    __tablename__ = "quiz_topic"
    __table_args__ = (UniqueConstraint("org_id", "name", name="uq_quiz_topic_org_name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    summary: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=100)
    active: Mapped[bool] = mapped_column(default=True)

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)


class Question(OrgOwned, Model):
    """A question. `options` are {"key", "text", "media_id"} in the author's order, `answer` the right keys (in order, of an order)."""

    __tablename__ = "quiz_question"
    __table_args__ = (
        CheckConstraint("kind in ('single','multiple','true_false','order','picture')", name="kind"),
        CheckConstraint("state in ('draft','review','approved','retired')", name="state"),
        CheckConstraint("difficulty between 1 and 3", name="difficulty"),
        CheckConstraint("state <> 'approved' or (reviewed_by is not null and reviewed_by <> author_id)", name="two_people"),
        CheckConstraint("\"right\" between 0 and shown", name="counts"),
        Index("ix_quiz_question_pick", "topic_id", "state", "valid_until"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("quiz_topic.id"))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id"))
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    answer: Mapped[list[str]] = mapped_column(JSON, default=list)
    explanation: Mapped[str] = mapped_column(Text, default="")
    article_url: Mapped[str] = mapped_column(String(300), default="")
    """The article to read, site-relative."""
    article_title: Mapped[str] = mapped_column(String(120), default="")
    difficulty: Mapped[int] = mapped_column(default=2)
    valid_until: Mapped[date | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default=QuestionState.DRAFT.value)
    author_id: Mapped[int | None]
    reviewed_by: Mapped[int | None]
    reviewed_at: Mapped[datetime | None]
    returned_for: Mapped[str] = mapped_column(String(300), default="")
    shown: Mapped[int] = mapped_column(default=0)
    right: Mapped[int] = mapped_column(default=0)
    used_on: Mapped[date | None]
    """The last day whose paper had it."""
    fingerprint: Mapped[str] = mapped_column(String(64), index=True, default="")
    """Of its text and options, folded: finds doubles."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    topic: Mapped[Topic] = relationship(lazy="joined", innerjoin=True)
