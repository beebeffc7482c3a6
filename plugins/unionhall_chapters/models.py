"""A chapter: an association's union with an org of its own in the tree, so that rights, news and figures follow the tree."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.plugin import Model, OrgOwned


class ChapterKind(StrEnum):
    """What brings its members together (features.md, section 10)."""

    ASSOCIATION = "association"
    INDUSTRY = "industry"
    REGION = "region"
    PROJECT = "project"


class ChapterState(StrEnum):
    """Where a chapter stands. Readers see it from FOUNDED on; DISSOLVED ones keep their address and say so."""

    PREPARING = "preparing"
    APPLIED = "applied"
    APPROVED = "approved"
    FOUNDED = "founded"
    ACTIVE = "active"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    DISSOLVED = "dissolved"


PUBLIC = (ChapterState.FOUNDED, ChapterState.ACTIVE, ChapterState.EXPIRED, ChapterState.SUSPENDED, ChapterState.DISSOLVED)
OPEN = (ChapterState.FOUNDED, ChapterState.ACTIVE, ChapterState.EXPIRED)


class JoinRule(StrEnum):
    """How one becomes a member: at once, after the chapter's yes, or by invitation only."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITATION = "invitation"


class Chapter(OrgOwned, Model):
    """A chapter. `org_id` is its own org (kind "association"): members hold a secondary membership there, or their primary one."""

    __tablename__ = "chapters_chapter"
    __table_args__ = (
        CheckConstraint("kind in ('association','industry','region','project')", name="kind"),
        CheckConstraint(
            "state in ('preparing','applied','approved','founded','active','expired','suspended','dissolved')", name="state"
        ),
        CheckConstraint("join_rule in ('open','approval','invitation')", name="join_rule"),
        CheckConstraint("probation_months between 0 and 12", name="probation"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), unique=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    seal: Mapped[str] = mapped_column(String(1), default="会")
    kind: Mapped[str] = mapped_column(String(20), default=ChapterKind.ASSOCIATION.value)
    state: Mapped[str] = mapped_column(String(20), default=ChapterState.PREPARING.value, index=True)
    motto: Mapped[str] = mapped_column(String(80), default="")
    summary: Mapped[str] = mapped_column(String(200), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    meets: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id"))
    join_rule: Mapped[str] = mapped_column(String(12), default=JoinRule.APPROVAL.value)
    probation_months: Mapped[int] = mapped_column(default=0)
    founded_on: Mapped[date | None]
    term_ends: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("chapters_chapter.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def public(self) -> bool:
        """True when readers may see its page."""
        return self.state in PUBLIC

    @property
    def open(self) -> bool:
        """True while it takes members, holds activities and pays benefits."""
        return self.state in OPEN
