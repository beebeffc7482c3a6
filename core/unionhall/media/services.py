"""Storing images: the row and its files appear together or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from flask_babel import gettext as _
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from unionhall.base import db
from unionhall.base.errors import RuleBroken, Unavailable
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.media.images import ImageRefused, Picture, inspect_and_reencode
from unionhall.media.models import Image
from unionhall.orgs.models import Org
from unionhall.platform import access, audit
from unionhall.platform.storage import storage

USE = "media.use"
_WRITTEN = "media_written"


class UploadRefused(RuleBroken):
    """The file is no picture that we take; the message says why and what to do."""


def prepare(data: bytes) -> Picture:
    """Decode and re-encode an upload, without the database. Raises UploadRefused."""
    try:
        return inspect_and_reencode(data)
    except ImageRefused as error:
        raise UploadRefused(_explained(error.code), code=error.code, field="cover") from None


def store_image(data: bytes, file_name: str, *, org: Org, actor: Actor, now: datetime) -> Image:
    """Keep an uploaded picture for an org. Raises NotAllowed, UploadRefused, Unavailable when there is no room."""
    access.require(actor, USE, org)
    return keep_picture(prepare(data), file_name, org=org, actor=actor, now=now)


def keep_picture(picture: Picture, file_name: str, *, org: Org, actor: Actor, now: datetime) -> Image:
    """Keep a picture that was decoded before. Raises NotAllowed, Unavailable when there is no room."""
    access.require(actor, USE, org)
    image = Image(
        org_id=org.id, stem=secrets.token_hex(16), extension=picture.extension, width=picture.width,
        height=picture.height, bytes=len(picture.data), sha256=picture.sha256,
        widths=[rendition.width for rendition in picture.renditions],
        file_name=tidy(PurePath(file_name.replace("\\", "/")).name)[:200], uploaded_by=actor.account_id, created_at=now,
    )
    db.session().add(image)
    db.session().flush()
    _write_files(image, picture)
    audit.record("media.uploaded", f"image:{image.id}", actor=actor, now=now, org_id=org.id, bytes=image.bytes)
    return image


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's images to the one it is merged into."""
    db.session().execute(update(Image).where(Image.org_id == source_id).values(org_id=target_id))


def _write_files(image: Image, picture: Picture) -> None:
    written: list[str] = db.session().info.setdefault(_WRITTEN, [])
    db.after_commit(lambda: db.session().info.pop(_WRITTEN, None))
    try:
        for name, data in _files(image, picture):
            written.append(name)
            storage().put(name, data)
    except Unavailable as error:
        raise Unavailable(_("存储空间满了，图片没有存下来。请稍后再试，或者告诉管理员。"), code="storage-full") from error


def _files(image: Image, picture: Picture) -> Iterator[tuple[str, bytes]]:
    folder = image.stem[:2]
    yield f"{folder}/{image.stem}.{image.extension}", picture.data
    for rendition in picture.renditions:
        yield f"{folder}/{image.stem}-{rendition.width}.webp", rendition.data


def _remove_orphans(session: Session) -> None:
    """Take back the files of a unit of work that was rolled back."""
    if session.in_nested_transaction():
        return
    for name in session.info.pop(_WRITTEN, []):
        storage().delete(name)


event.listen(Session, "after_rollback", _remove_orphans)


def _explained(code: str) -> str:
    messages = {
        "empty": _("没有收到图片。请再选一次。"),
        "too-large": _("这张图超过 10 MB。请先缩小，再上传。"),
        "not-an-image": _("这个文件不是图片，或者格式不认识。请换成 JPG、PNG 或 WebP。"),
        "heic": _("这张图是 HEIC 格式，网页打不开。请在手机里存成 JPG 再传。"),
        "svg": _("这张图是 SVG 格式，可能带有脚本，不能上传。请导出成 PNG 再传。"),
        "animated": _("这是动图，网站只收静态图片。请截取一帧，存成 JPG 再传。"),
        "too-many-pixels": _("这张图的像素超过 4000 万。请先缩小，再上传。"),
        "broken": _("这张图打不开，文件可能不完整。请重新导出一份再传。"),
        "timeout": _("这张图处理得太久。请缩小，或存成 JPG 再传。"),
    }
    return messages.get(code, messages["broken"])
