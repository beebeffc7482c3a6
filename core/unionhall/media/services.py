"""Taking files in, describing and deleting them: the row, its files and its audit line appear together or not at all."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import fold, tidy
from unionhall.hooks.types import Actor
from unionhall.media import addresses, documents, files, queries, refusals, rights, uses
from unionhall.media.documents import Document, DocumentRefused
from unionhall.media.images import ImageRefused, Picture, inspect_and_reencode, is_picture
from unionhall.media.models import Asset, AssetTag, Kind
from unionhall.media.refusals import UploadRefused
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

USE, MANAGE = rights.USE, rights.MANAGE
MOST_TAGS = 12
_BETWEEN = re.compile(r"[、，,;；\n]+")
LIMITS = {"title": 120, "alt": 200, "caption": 300, "credit": 60, "licence": 300}
Prepared = Picture | Document


@dataclass(frozen=True)
class Details:
    """What people say about an asset; the focal point is in thousandths from the left and from the top."""

    title: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    licence: str = ""
    consent: bool = False
    focal_x: int = addresses.CENTRE
    focal_y: int = addresses.CENTRE
    shared: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What became of an upload: the asset, and whether the org had the very same file before."""

    asset: Asset
    known: bool = False


class InUse(Conflict):
    """The asset is shown somewhere and stays."""

    code = "in-use"


def prepare(data: bytes) -> Picture:
    """Decode and re-encode a picture, without the database. Raises UploadRefused."""
    try:
        return inspect_and_reencode(data)
    except ImageRefused as error:
        raise UploadRefused(refusals.explained(error.code), code=error.code, field="cover") from None


def prepare_file(data: bytes, file_name: str) -> Prepared:
    """Judge and prepare any upload, without the database: a picture by its first bytes, else a document. Raises UploadRefused."""
    if is_picture(data) or documents.ending(file_name) in {"jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "heif", "svg"}:
        return prepare(data)
    try:
        return documents.inspect(data, file_name)
    except DocumentRefused as error:
        raise UploadRefused(refusals.explained(error.code), code=error.code) from None


def keep(
    prepared: Prepared, file_name: str, *, org: Org, details: Details | None = None, actor: Actor, now: datetime
) -> Kept:
    """Keep a prepared upload for an org; the very same file is not kept twice. Raises NotAllowed, Unavailable without room."""
    access.require(actor, USE, org)
    if (same := queries.same_file(org.id, prepared.sha256)) is not None:
        return Kept(same, known=True)
    said = details or Details()
    asset = Asset(
        org_id=org.id, stem=secrets.token_hex(16), version=1, uploaded_by=actor.account_id, created_at=now, updated_at=now,
        tags=[AssetTag(name=name) for name in _tidy_tags(said.tags)], **_described(said), **file_values(prepared, file_name, now),
    )  # fmt: skip
    note_words(asset)
    db.session().add(asset)
    db.session().flush()
    files.write(contents(asset, prepared))
    audit.record("media.uploaded", f"asset:{asset.id}", actor=actor, now=now, org_id=org.id, bytes=asset.bytes)
    return Kept(asset)


def keep_picture(picture: Picture, file_name: str, *, org: Org, actor: Actor, now: datetime) -> Asset:
    """Keep a picture that was decoded before, or return the org's asset with the same. Raises NotAllowed, Unavailable."""
    return keep(picture, file_name, org=org, actor=actor, now=now).asset


def store_image(data: bytes, file_name: str, *, org: Org, actor: Actor, now: datetime) -> Asset:
    """Decode and keep an uploaded picture. Raises NotAllowed, UploadRefused, Unavailable when there is no room."""
    access.require(actor, USE, org)
    return keep_picture(prepare(data), file_name, org=org, actor=actor, now=now)


def edit(asset: Asset, details: Details, *, base: int, actor: Actor, now: datetime) -> None:
    """Change what is said of an asset. Raises Conflict when somebody changed it after `base`, NotAllowed, RuleBroken."""
    rights.require_change(actor, asset)
    if details.shared != asset.shared:
        access.require(actor, MANAGE, asset.org)
    hold(asset)
    before, values = _shown(asset), _described(details)
    focal = (values["focal_x"], values["focal_y"])
    if asset.is_image and focal != asset.focal:
        values |= _without_cuts(asset, now)
    tags = _tidy_tags(details.tags)
    change(asset, values, base=base, now=now)
    set_tags(asset, tags)
    note_words(asset)
    if _shown(asset) != before:
        uses.purge_pages(asset.id)
    audit.record("media.edited", f"asset:{asset.id}", actor=actor, now=now, org_id=asset.org_id)


def delete_asset(asset: Asset, *, actor: Actor, now: datetime) -> None:
    """Delete an asset that nothing uses, files and all. Raises InUse, NotAllowed."""
    rights.require_change(actor, asset)
    hold(asset)
    refusal = _("“%(name)s”还在使用中，不能删除。请先在用到它的地方换掉。", name=asset.name)
    if uses.numbers([asset.id]):
        raise InUse(refusal)
    names, number = asset.files, asset.id
    try:
        with db.session().begin_nested():
            db.session().execute(delete(Asset).where(Asset.id == number).execution_options(synchronize_session=False))
    except db.IntegrityError as error:
        raise InUse(refusal) from error
    files.remove(names, now=now)
    audit.record("media.deleted", f"asset:{number}", actor=actor, now=now, org_id=asset.org_id)
    db.session().expunge(asset)


def hold(asset: Asset) -> None:
    """Wait for the asset's row and read it again: the worker may have added files that have to go too. Raises Conflict."""
    row = select(Asset).where(Asset.id == asset.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    name = asset.name
    if db.session().scalar(access.unscoped(row, why="held")) is None:
        raise Conflict(_("“%(name)s”刚刚已经被删除了。", name=name))


def change(asset: Asset, values: dict[str, Any], *, base: int, now: datetime) -> None:
    """Write an asset's columns if nobody changed it after `base`. Raises Conflict."""
    same = update(Asset).where(Asset.id == asset.id, Asset.edits == base)
    changed = same.values(**values, edits=base + 1, updated_at=now).execution_options(synchronize_session=False)
    if db.update_count(changed) != 1:
        raise Conflict(_("你打开这一页之后，有人改过“%(name)s”，这次没有保存。请对照最新的资料再存一次。", name=asset.name))
    db.session().refresh(asset)


def set_tags(asset: Asset, names: Iterable[str]) -> None:
    """File an asset under these words and no others."""
    known, wanted = {tag.name: tag for tag in asset.tags}, list(names)
    asset.tags = [known.get(name) or AssetTag(name=name) for name in wanted]
    db.session().flush()


def add_tags(asset: Asset, names: Iterable[str], *, actor: Actor, now: datetime) -> None:
    """File an asset under more words. Raises NotAllowed, RuleBroken when they become too many."""
    rights.require_change(actor, asset)
    set_tags(asset, _tidy_tags([*(tag.name for tag in asset.tags), *names]))
    asset.edits += 1
    note_words(asset)
    audit.record("media.tagged", f"asset:{asset.id}", actor=actor, now=now, org_id=asset.org_id)


def kind_of(prepared: Prepared) -> str:
    """Return what a prepared upload would be in the library."""
    return Kind.IMAGE.value if isinstance(prepared, Picture) else Kind.DOCUMENT.value


def file_values(prepared: Prepared, file_name: str, now: datetime) -> dict[str, Any]:
    """Return the columns that say which file stands behind an asset."""
    values: dict[str, Any] = {
        "extension": prepared.extension, "mime": prepared.mime, "bytes": len(prepared.data), "sha256": prepared.sha256,
        "file_name": tidy(PurePath(file_name.replace("\\", "/")).name)[-200:], "tries": 0, "avif": False, "make_at": None,
        "renditions": {}, "width": 0, "height": 0, "kind": kind_of(prepared),
    }  # fmt: skip
    if isinstance(prepared, Picture):
        values |= {
            "width": prepared.width, "height": prepared.height,
            "renditions": {f"{item.width}.webp": len(item.data) for item in prepared.renditions},
            "make_at": now if prepared.renditions else None,
        }  # fmt: skip
    return values


def note_words(asset: Asset) -> None:
    """Keep what the library's search looks through, folded."""
    parts = (asset.title, asset.caption, asset.credit, asset.alt, asset.file_name, *(tag.name for tag in asset.tags))
    asset.words = fold(" ".join(part for part in parts if part))


def contents(asset: Asset, prepared: Prepared) -> Iterator[tuple[str, bytes]]:
    """Return (the storage's name, bytes) of everything that an upload brings."""
    yield asset.file, prepared.data
    if isinstance(prepared, Picture):
        for item in prepared.renditions:
            yield addresses.variant_name(asset.stem, asset.version, f"{item.width}.webp"), item.data


def _described(details: Details) -> dict[str, Any]:
    """Return the columns that say what people said, tidied. Raises RuleBroken naming the field."""
    values = asdict(details)
    del values["tags"]
    for name, limit in LIMITS.items():
        values[name] = tidy(values[name])
        if len(values[name]) > limit:
            raise RuleBroken(_("最多 %(n)s 个字，现在是 %(m)s 个。", n=limit, m=len(values[name])), field=name)
    for name in ("focal_x", "focal_y"):
        if not 0 <= values[name] <= 1000:
            raise RuleBroken(_("焦点要在图片之内：0 到 1000 之间的数。"), field=name)
    return values


def split_tags(text: str) -> tuple[str, ...]:
    """Return the words of "技能、工匠，夜班"."""
    return tuple(part for part in _BETWEEN.split(text) if part.strip())


def _tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(name for tag in tags if (name := tidy(tag))))
    if len(found) > MOST_TAGS or any(len(name) > 30 for name in found):
        raise RuleBroken(_("标签最多 %(n)s 个，每个最多 30 个字。", n=MOST_TAGS), field="tags")
    return found


def _shown(asset: Asset) -> tuple[Any, ...]:
    """Return what readers see of an asset's details."""
    return asset.alt, asset.caption, asset.credit, asset.focal


def _without_cuts(asset: Asset, now: datetime) -> dict[str, Any]:
    """Return the columns of a picture whose cuts have to be made anew; their files go."""
    kept = {name: size for name, size in asset.renditions.items() if not (addresses.read_variant(name) or addresses.Variant(0, "")).cut}
    gone = [addresses.variant_name(asset.stem, asset.version, name) for name in asset.renditions.keys() - kept.keys()]
    if gone:
        files.remove(gone, now=now)
    return {"renditions": kept, "make_at": now if kept else None, "tries": 0}
