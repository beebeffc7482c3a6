"""The library: assets (pictures and documents), their folders and tags, and what uses them. The files lie in the storage."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from unionhall.base import db
from unionhall.media import addresses
from unionhall.media.addresses import CENTRE
from unionhall.media.views import PictureView
from unionhall.orgs.models import Org
from unionhall.platform.access import OrgOwned


class Kind(StrEnum):
    """What an asset is."""

    IMAGE = "image"
    DOCUMENT = "document"


class Folder(OrgOwned, db.Model):
    """A folder of one org's assets; folders hold no folders."""

    __tablename__ = "media_folder"
    __table_args__ = (UniqueConstraint("org_id", "name"), UniqueConstraint("id", "org_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class Asset(OrgOwned, db.Model):
    """A re-encoded picture, or a document.

    `stem` is a random name and stays; `version` counts the files that stood behind it, `edits` the changes by people.
    `renditions` are the variants there are, with their bytes (0: not known); `make_at` is when the worker looks whether
    some are missing, None when none is.
    """

    __tablename__ = "media_asset"
    __table_args__ = (
        CheckConstraint("kind in ('image','document')", name="kind"),
        CheckConstraint("kind = 'document' or (width > 0 and height > 0)", name="size"),
        CheckConstraint("focal_x between 0 and 1000 and focal_y between 0 and 1000", name="focal"),
        CheckConstraint("version > 0", name="version"),
        ForeignKeyConstraint(["folder_id", "org_id"], ["media_folder.id", "media_folder.org_id"], name="fk_media_asset_folder"),
        Index("ix_media_asset_org_id_sha256", "org_id", "sha256"),
        Index("ix_media_asset_make_at", "make_at", sqlite_where=text("make_at is not null"), postgresql_where=text("make_at is not null")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default=Kind.IMAGE.value)
    stem: Mapped[str] = mapped_column(String(40), unique=True)
    extension: Mapped[str] = mapped_column(String(5))
    mime: Mapped[str] = mapped_column(String(100))
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    renditions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    avif: Mapped[bool] = mapped_column(default=False)
    make_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    alt: Mapped[str] = mapped_column(String(200), default="")
    caption: Mapped[str] = mapped_column(String(300), default="")
    credit: Mapped[str] = mapped_column(String(60), default="")
    licence: Mapped[str] = mapped_column(String(300), default="")
    consent: Mapped[bool] = mapped_column(default=False)
    focal_x: Mapped[int] = mapped_column(default=CENTRE)
    focal_y: Mapped[int] = mapped_column(default=CENTRE)
    folder_id: Mapped[int | None] = mapped_column(index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text, default="", deferred=True)
    version: Mapped[int] = mapped_column(default=1)
    edits: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]

    org: Mapped[Org] = relationship(viewonly=True)
    folder: Mapped[Folder | None] = relationship(foreign_keys=[folder_id], primaryjoin="Asset.folder_id == Folder.id", viewonly=True)
    tags: Mapped[list[AssetTag]] = relationship(order_by="AssetTag.name", cascade="all, delete-orphan")

    @property
    def is_image(self) -> bool:
        """True for a picture."""
        return self.kind == Kind.IMAGE

    @property
    def name(self) -> str:
        """Return what people call it: its title, else its file's name."""
        return self.title or self.file_name

    @property
    def file(self) -> str:
        """Return the storage's name of the whole file."""
        return addresses.file_name(self.stem, self.version, self.extension)

    @property
    def files(self) -> list[str]:
        """Return the storage's names of everything that belongs to this version."""
        return [self.file, *(addresses.variant_name(self.stem, self.version, name) for name in self.renditions)]

    @property
    def address(self) -> str:
        """Return the address that bodies keep: it stays when the picture is replaced."""
        return addresses.public(addresses.file_name(self.stem, 1, self.extension)) if self.is_image else self.src

    @property
    def src(self) -> str:
        """Return the address of the whole picture as it is now, or of the document's download."""
        return addresses.public(self.file) if self.is_image else addresses.download(self.stem, self.file_name)

    @property
    def focal(self) -> tuple[int, int]:
        """Return the point that a cut keeps, in thousandths from the left and from the top."""
        return self.focal_x, self.focal_y

    @property
    def view(self) -> PictureView:
        """Return the picture as pages show it."""
        return PictureView(
            self.stem, self.version, self.extension, self.width, self.height, self.focal, tuple(self.renditions), self.alt, self.caption,
            self.credit,
        )  # fmt: skip

    @property
    def widths(self) -> list[int]:
        """Return the widths of the uncut WebP renditions."""
        return self.view.widths

    def sources(self, shape: str = "") -> tuple[tuple[str, str], ...]:
        """Return (MIME type, srcset) for each `<source>`, best first; cut to a shape where there are cuts of it."""
        return self.view.sources(shape)

    def thumbnail(self, shape: str = "") -> str:
        """Return the address of the smallest rendition, of the picture itself when there is none."""
        return self.view.thumbnail(shape)


class AssetTag(db.Model):
    """A word that an asset is filed under."""

    __tablename__ = "media_tag"
    __table_args__ = (Index("ix_media_tag_name", "name", "asset_id"),)
    asset_id: Mapped[int] = mapped_column(ForeignKey("media_asset.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(30), primary_key=True)


class Use(db.Model):
    """Something that shows an asset: `kind` says what it is ("news.article"), `object_id` which. An asset in use stays."""

    __tablename__ = "media_use"
    __table_args__ = (Index("ix_media_use_object", "kind", "object_id"),)
    asset_id: Mapped[int] = mapped_column(ForeignKey("media_asset.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
