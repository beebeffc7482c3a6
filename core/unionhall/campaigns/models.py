"""Campaigns: a period, a state, ordered components, the steps they took and what was counted each day."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.media.models import Asset
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class State(StrEnum):
    """Where a campaign stands; the ways from one to the next are in `states.py`."""

    DRAFT = "draft"
    REVIEW = "review"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Audience(StrEnum):
    """Who may take part; see `hooks.components.ComponentView`."""

    PUBLIC = "public"
    ACCOUNT = "account"
    MEMBERS = "members"
    SUBTREE = "subtree"


class Counts(StrEnum):
    """What of a component's figures counts toward the campaign's goal."""

    NOTHING = ""
    PEOPLE = "people"
    TIMES = "times"


UPCOMING = (State.SCHEDULED,)
OPEN = (State.RUNNING, State.PAUSED)
OVER = (State.ENDED, State.PUBLISHED)
LISTED = (*UPCOMING, *OPEN, *OVER)
RAN = (*OPEN, *OVER, State.ARCHIVED)
_STATES = ",".join(f"'{state.value}'" for state in State)
_AUDIENCES = ",".join(f"'{item.value}'" for item in Audience)


class Campaign(OrgOwned, db.Model):
    """One campaign of one org.

    `origin` names the form that made it, so that one sent twice makes one campaign.
    `version` counts changes of its basics, `reached` is the newest count toward the goal (people or person-times, as the
    counting component says), `shown_at` when readers first could see it, `held` why a due move did not happen.
    """

    __tablename__ = "campaigns_campaign"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint(f"audience in ({_AUDIENCES})", name="audience"),
        CheckConstraint("goal_number is null or goal_number > 0", name="goal"),
        CheckConstraint("starts_at is null or ends_at is null or starts_at < ends_at", name="period"),
        CheckConstraint(
            "state in ('draft','review','returned','archived') or (starts_at is not null and ends_at is not null)", name="dated"
        ),
        CheckConstraint("not is_template or state = 'draft'", name="template"),
        CheckConstraint("reviewed_by is null or created_by is null or reviewed_by <> created_by", name="reviewer"),
        Index("ix_campaigns_campaign_state_starts", "state", "starts_at"),
        Index("ix_campaigns_campaign_state_ends", "state", "ends_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    origin: Mapped[str | None] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300), default="")
    goal_text: Mapped[str] = mapped_column(String(200), default="")
    goal_number: Mapped[int | None]
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id"), index=True)
    cover_alt: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    audience: Mapped[str] = mapped_column(String(10), default=Audience.MEMBERS.value)
    state: Mapped[str] = mapped_column(String(12), default=State.DRAFT.value)
    is_template: Mapped[bool] = mapped_column(default=False)
    cancelled: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(400), default="")
    held: Mapped[str] = mapped_column(String(600), default="")
    result: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reached: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"))
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns_campaign.id"))
    shown_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(viewonly=True)
    cover: Mapped[Asset | None] = relationship(viewonly=True)
    components: Mapped[list[Component]] = relationship(order_by="(Component.position, Component.id)", viewonly=True)

    @property
    def url(self) -> str:
        """Return its public address, site-relative."""
        return f"/campaigns/{self.slug}/"

    @property
    def number(self) -> str:
        """Return the number that people call it by."""
        return f"C-{self.id}"

    @property
    def ran(self) -> bool:
        """True once it has started: what its components froze stays."""
        return self.state in RAN

    @property
    def listed(self) -> bool:
        """True while readers find it in lists."""
        return self.state in LISTED


class Address(db.Model):
    """Every address that a campaign has or had: old links lead on, and no address is given twice."""

    __tablename__ = "campaigns_address"
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns_campaign.id", ondelete="CASCADE"), index=True)


class Component(db.Model):
    """One component of a campaign. `config` is what its type keeps; at most one component counts toward the goal."""

    __tablename__ = "campaigns_component"
    __table_args__ = (
        CheckConstraint("counts in ('','people','times')", name="counts"),
        Index(
            "uq_campaigns_component_counts", "campaign_id", unique=True,
            sqlite_where=text("counts <> ''"), postgresql_where=text("counts <> ''"),
        ),
        Index("ix_campaigns_component_place", "campaign_id", "position", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns_campaign.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(80), index=True)
    title: Mapped[str] = mapped_column(String(80), default="")
    config: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hidden: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[str] = mapped_column(String(6), default="")
    version: Mapped[int] = mapped_column(default=1)


class Step(db.Model):
    """One step of a campaign's way: the action of `states.py`, from where to where, who, when and why."""

    __tablename__ = "campaigns_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns_campaign.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(600), default="")


class Count(db.Model):
    """What one figure of one component stood at, at the last look on a Shanghai day; `by_org` maps org ids to people."""

    __tablename__ = "campaigns_count"
    __table_args__ = (UniqueConstraint("component_id", "place", "day"), Index("ix_campaigns_count_day", "campaign_id", "day"))
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns_campaign.id", ondelete="CASCADE"))
    component_id: Mapped[int] = mapped_column(ForeignKey("campaigns_component.id", ondelete="CASCADE"))
    place: Mapped[int]
    day: Mapped[date]
    label: Mapped[str] = mapped_column(String(80))
    people: Mapped[int | None]
    times: Mapped[int | None]
    of: Mapped[int | None]
    by_org: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
