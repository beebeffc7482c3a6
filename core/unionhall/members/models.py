"""The roster: people with a real name, and which unions they belong to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned

ASKED = text("state = 'asked'")
CURRENT = text("ended_on is null")
CURRENT_PRIMARY = text("ended_on is null and is_primary")


class Status(StrEnum):
    """What a membership is (features.md, C10): the last two are over and stay as history."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    KEPT = "kept"
    TRANSFERRED = "transferred"
    LEFT = "left"


OVER = (Status.TRANSFERRED, Status.LEFT)


class Member(OrgOwned, db.Model):
    """One real person, known by their identity document; `org_id` is the union of the primary membership, else the first.

    Number and mobile are sealed and found by keyed hash (`unionhall.members.identity`); an erased member has neither.
    """

    __tablename__ = "members_member"
    __table_args__ = (
        CheckConstraint("id_kind in ('resident','hmt','passport')", name="id_kind"),
        CheckConstraint("(account_id is null) = (activated_at is null)", name="activated"),
        Index("ix_members_member_org_name", "org_id", "name_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    id_kind: Mapped[str] = mapped_column(String(10), default="resident")
    id_sealed: Mapped[str] = mapped_column(String(200), default="")
    id_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    mobile_sealed: Mapped[str] = mapped_column(String(200), default="")
    mobile_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    employer: Mapped[str] = mapped_column(String(120), default="")
    job: Mapped[str] = mapped_column(String(60), default="")
    household_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), unique=True)
    activated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    memberships: Mapped[list[Membership]] = relationship(back_populates="member", order_by="Membership.id")

    @property
    def activated(self) -> bool:
        """True when the person has an account."""
        return self.account_id is not None


class Membership(OrgOwned, db.Model):
    """That a person belongs to a union, from one day until another: one primary at a time, any number of secondary ones."""

    __tablename__ = "members_membership"
    __table_args__ = (
        CheckConstraint("status in ('pending','active','suspended','kept','transferred','left')", name="status"),
        CheckConstraint("(ended_on is null) = (status not in ('transferred','left'))", name="ended"),
        Index("uq_members_membership_primary", "member_id", unique=True, sqlite_where=CURRENT_PRIMARY, postgresql_where=CURRENT_PRIMARY),
        Index("uq_members_membership_org", "member_id", "org_id", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
        Index("ix_members_membership_status", "org_id", "status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    is_primary: Mapped[bool]
    status: Mapped[str] = mapped_column(String(12), default=Status.ACTIVE.value)
    joined_on: Mapped[date]
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    member: Mapped[Member] = relationship(back_populates="memberships")
    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)

    @property
    def current(self) -> bool:
        """True until the person leaves or is transferred."""
        return self.ended_on is None


class MembershipChange(db.Model):
    """One step of a membership's history: joined, suspended, resumed, kept on, left, transferred, and why.

    `status` is what the membership was after the step, None for a step that left it alone.
    """

    __tablename__ = "members_change"
    __table_args__ = (Index("ix_members_change_membership", "membership_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("members_membership.id"))
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(20))
    status: Mapped[str | None] = mapped_column(String(12))
    detail: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(200), default="")
    actor_id: Mapped[int | None]


class Handover(StrEnum):
    """Why a membership is transferred (features.md, C12)."""

    NEW_EMPLOYER = "new_employer"
    HOME_AREA = "home_area"
    BANKRUPT = "bankrupt"


class MemberTransfer(OrgOwned, db.Model):
    """A transfer of a primary membership (会籍转接) from `org_id` to `to_org_id`; one open for a person at a time.

    `asked_by_side` is "from" or "to": the other side decides. `effective_on` is the first day at the new union.
    """

    __tablename__ = "members_transfer"
    __table_args__ = (
        CheckConstraint("state in ('asked','accepted','refused','withdrawn')", name="state"),
        CheckConstraint("kind in ('new_employer','home_area','bankrupt')", name="kind"),
        CheckConstraint("asked_by_side in ('from','to')", name="side"),
        CheckConstraint("(state = 'asked') = (decided_at is null)", name="decided"),
        Index("uq_members_transfer_open", "member_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"), index=True)
    to_org_id: Mapped[int] = mapped_column(ForeignKey("orgs_org.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    asked_by_side: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    reason: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime]
    effective_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(200), default="")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)
    from_org: Mapped[Org] = relationship(foreign_keys="MemberTransfer.org_id", lazy="joined", innerjoin=True)
    to_org: Mapped[Org] = relationship(foreign_keys=[to_org_id], lazy="joined", innerjoin=True)

    @property
    def open(self) -> bool:
        """True until somebody decides or takes it back."""
        return self.state == "asked"

    @property
    def deciding_org(self) -> Org:
        """Return the org that accepts or refuses."""
        return self.to_org if self.asked_by_side == "from" else self.from_org

    @property
    def asking_org(self) -> Org:
        """Return the org that asked."""
        return self.from_org if self.asked_by_side == "from" else self.to_org


class Look(db.Model):
    """That somebody saw a member's personal data in full, or took it away in a file; the member sees these lines."""

    __tablename__ = "members_look"
    __table_args__ = (Index("ix_members_look_member", "member_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members_member.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(60))
    org_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"))
    what: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(200))
