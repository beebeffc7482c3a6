"""The org tree, with a materialised path so that a subtree is an index range."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db


class OrgKind(StrEnum):
    """Levels of the federation (domain.md, "Who"); an enterprise or association may hang below any of the others."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    ENTERPRISE = "enterprise"
    ASSOCIATION = "association"


class OrgStatus(StrEnum):
    """Is it at work, closed, or merged into another?"""

    ACTIVE = "active"
    CLOSED = "closed"
    MERGED = "merged"


class Org(db.Model):
    """One union. `path` is `/1/5/12/`: the ids from the root to itself."""

    __tablename__ = "orgs_org"
    __table_args__ = (
        CheckConstraint("kind in ('province','city','district','street','enterprise','association')", name="kind"),
        CheckConstraint("status in ('active','closed','merged')", name="status"),
        CheckConstraint("(status = 'merged') = (merged_into_id is not null)", name="merged"),
        Index("uq_orgs_org_root", "is_root", unique=True, sqlite_where=text("is_root"), postgresql_where=text("is_root")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    is_root: Mapped[bool] = mapped_column(default=False)
    path: Mapped[str] = mapped_column(String(400).with_variant(String(400, collation="C"), "postgresql"), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default=OrgStatus.ACTIVE.value)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=100)
    certificate: Mapped[str] = mapped_column(String(60), default="")
    certificate_until: Mapped[date | None]
    term_ends: Mapped[date | None]
    established_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    parent: Mapped[Org | None] = relationship(foreign_keys=[parent_id], remote_side=[id])
    merged_into: Mapped[Org | None] = relationship(foreign_keys=[merged_into_id], remote_side=[id])

    @property
    def depth(self) -> int:
        """How many orgs stand above this one."""
        return self.path.count("/") - 2

    @property
    def active(self) -> bool:
        """True while the org is at work."""
        return self.status == OrgStatus.ACTIVE


class OrgChange(db.Model):
    """One step of an org's history (founded, renamed, moved, merged, closed), kept for its desk page."""

    __tablename__ = "orgs_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    actor_id: Mapped[int | None]
