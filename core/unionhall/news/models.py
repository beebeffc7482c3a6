"""Articles and their revisions. Content is written once and never changed: every save is a new revision.

`Article.head_id` is the newest revision, `live_id` the one that readers see; an edit of a published article waits in
the head until it is published as a correction.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import clock, db
from unionhall.media.models import Asset
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class State(StrEnum):
    """Where an article stands (features.md, section 1)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


def _partial(name: str, *columns: str, where: str) -> Index:
    """Return a partial index for both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


LIVE = (State.PUBLISHED, State.CORRECTED)
LIVE_SQL = "news_article.state in ('published', 'corrected')"  # spelt once: SQLite matches partial indexes by spelling
STATES = ",".join(f"'{state}'" for state in State)


class BylineRole(StrEnum):
    """What somebody named under a headline did."""

    REPORTER = "reporter"
    CORRESPONDENT = "correspondent"
    PHOTOGRAPHER = "photographer"
    EDITOR = "editor"
    SOURCE_ORG = "source_org"


class Section(db.Model):
    """A section (栏目) of the site."""

    __tablename__ = "news_section"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    summary: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=100)
    open: Mapped[bool] = mapped_column(default=True)
    steps: Mapped[list[ReviewStep]] = relationship(order_by="ReviewStep.position", cascade="all, delete-orphan")


class ReviewStep(db.Model):
    """One step of a section's review (三审三校): its name and the permission that passes it."""

    __tablename__ = "news_step"
    __table_args__ = (CheckConstraint("permission in ('news.review','news.sign_off')", name="permission"),)
    section_id: Mapped[int] = mapped_column(ForeignKey("news_section.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(20))
    permission: Mapped[str] = mapped_column(String(40))


class Article(OrgOwned, db.Model):
    """A story: whose it is, where it stands and which revision readers see."""

    __tablename__ = "news_article"
    __table_args__ = (
        CheckConstraint(f"state in ({STATES})", name="state"),
        CheckConstraint("state not in ('published','corrected','withdrawn') or live_id is not null", name="live"),
        CheckConstraint("state <> 'scheduled' or publish_at is not null", name="scheduled"),
        CheckConstraint("expires_at is null or publish_at is null or expires_at > publish_at", name="period"),
        _partial("ix_news_article_latest", "published_at", "id", where=LIVE_SQL),
        _partial("ix_news_article_section_latest", "section_id", "published_at", "id", where=LIVE_SQL),
        _partial("ix_news_article_org_latest", "org_id", "published_at", "id", where=LIVE_SQL),
        Index("ix_news_article_state", "state", "published_at"),
        _partial("ix_news_article_pinned", "pinned_until", where="pinned_until is not null"),
        Index("ix_news_article_due", "publish_at", postgresql_where=text("state = 'scheduled'")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("news_section.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=State.DRAFT.value)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("news_revision.id", use_alter=True))
    live_id: Mapped[int | None] = mapped_column(ForeignKey("news_revision.id", use_alter=True), index=True)
    round: Mapped[int] = mapped_column(default=0)
    step: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    publish_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    correction: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[str] = mapped_column(Text, default="")
    pinned_until: Mapped[datetime | None]
    lead_at: Mapped[datetime | None] = mapped_column(index=True)
    origin: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)

    org: Mapped[Org] = relationship(lazy="joined", innerjoin=True)
    section: Mapped[Section] = relationship(lazy="joined", innerjoin=True)
    head: Mapped[Revision] = relationship(foreign_keys=[head_id], post_update=True)
    live: Mapped[Revision | None] = relationship(foreign_keys=[live_id], post_update=True)

    @property
    def number(self) -> str:
        """Return the number that people quote, `A-20260514-17`."""
        return f"A-{clock.local_day(self.created_at):%Y%m%d}-{self.id}"

    @property
    def is_live(self) -> bool:
        """True while readers can read it."""
        return self.state in LIVE

    @property
    def url(self) -> str:
        """Return its public address."""
        return f"/news/{self.section.slug}/{self.slug}/"


class Revision(db.Model):
    """One saved state of an article's content."""

    __tablename__ = "news_revision"
    __table_args__ = (UniqueConstraint("article_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    kicker: Mapped[str] = mapped_column(String(80), default="")
    headline: Mapped[str] = mapped_column(String(120))
    subhead: Mapped[str] = mapped_column(String(120), default="")
    slug_line: Mapped[str] = mapped_column(String(20), default="")
    summary: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    stamp: Mapped[str] = mapped_column(String(64), default="")  # the body came out of the sanitiser just like this
    characters: Mapped[int] = mapped_column(default=0)
    seo_title: Mapped[str] = mapped_column(String(120), default="")
    seo_description: Mapped[str] = mapped_column(String(300), default="")
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("media_asset.id", ondelete="SET NULL"), index=True)
    cover_alt: Mapped[str] = mapped_column(String(200), default="")
    cover_caption: Mapped[str] = mapped_column(String(300), default="")
    cover_credit: Mapped[str] = mapped_column(String(60), default="")

    cover: Mapped[Asset | None] = relationship(lazy="joined")
    bylines: Mapped[list[Byline]] = relationship(order_by="Byline.position", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(order_by="Tag.position", cascade="all, delete-orphan")
    related: Mapped[list[Related]] = relationship(order_by="Related.position", cascade="all, delete-orphan")


class Byline(db.Model):
    """One credited name. `line` groups the names that stand behind one role; both links are optional."""

    __tablename__ = "news_byline"
    revision_id: Mapped[int] = mapped_column(ForeignKey("news_revision.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id"), index=True)
    org_id: Mapped[int | None] = mapped_column(ForeignKey("orgs_org.id"))

    org: Mapped[Org | None] = relationship()


class Tag(db.Model):
    """A word that a revision is filed under."""

    __tablename__ = "news_tag"
    __table_args__ = (Index("ix_news_tag_name", "name", "revision_id"),)
    revision_id: Mapped[int] = mapped_column(ForeignKey("news_revision.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(30))


class Related(db.Model):
    """Another article that a revision points to."""

    __tablename__ = "news_related"
    revision_id: Mapped[int] = mapped_column(ForeignKey("news_revision.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id"))


class Transition(db.Model):
    """One step of an article's way, timed. A step of a round is passed once, and by one person only once."""

    __tablename__ = "news_transition"
    __table_args__ = (
        Index("uq_news_transition_step", "article_id", "round", "step", unique=True,
              sqlite_where=text("action = 'pass'"), postgresql_where=text("action = 'pass'")),
        Index("uq_news_transition_reviewer", "article_id", "round", "account_id", unique=True,
              sqlite_where=text("action = 'pass'"), postgresql_where=text("action = 'pass'")),
        CheckConstraint("action <> 'return' or note <> ''", name="reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(12), index=True)
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    round: Mapped[int]
    step: Mapped[int]
    label: Mapped[str] = mapped_column(String(20), default="")
    revision_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(index=True)
    org_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)


class Autosave(db.Model):
    """What somebody has typed since the last save, and that they have the article open."""

    __tablename__ = "news_autosave"
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id"), primary_key=True)
    base_id: Mapped[int]
    seen_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ImportFlag(db.Model):
    """Something in an imported article that an editor has to look at; gone once they say that they did."""

    __tablename__ = "news_import_flag"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    paragraph: Mapped[int | None]
    excerpt: Mapped[str] = mapped_column(String(200), default="")
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Imported(db.Model):
    """Which state of a source an article was made of, so that importing again changes only what changed there."""

    __tablename__ = "news_imported"
    origin: Mapped[str] = mapped_column(String(120), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    revision_id: Mapped[int]
    at: Mapped[datetime]


class MostRead(db.Model):
    """One of the articles that were looked at most within a week, as the job last ranked them."""

    __tablename__ = "news_most_read"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"), unique=True)


class Redirect(db.Model):
    """An address that an article had elsewhere, `/2013/01/05/slug/` or `/?p=17`; it leads to the article for good."""

    __tablename__ = "news_redirect"
    path: Mapped[str] = mapped_column(String(400), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"), index=True)
