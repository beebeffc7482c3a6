"""One photo that a member sends with what they say of a station. It lies in private storage: the desk alone sees it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage

from unionhall.plugin import RuleBroken, read_file, store_files, tidy


class Photographed:
    """The columns of a row with a photo; all are empty without one."""

    photo_file: Mapped[str | None] = mapped_column(String(80), unique=True)
    photo_mime: Mapped[str] = mapped_column(String(80), default="")
    photo_name: Mapped[str] = mapped_column(String(120), default="")


@dataclass(frozen=True, slots=True)
class Sent:
    """One judged photo: re-encoded, so that it holds neither a place nor a camera."""

    name: str
    mime: str
    data: bytes


def read(upload: object) -> Sent | None:
    """Judge what was sent, before anything is read from the database. Raises UploadRefused, RuleBroken for what is no picture."""
    if not isinstance(upload, FileStorage) or not upload.filename:
        return None
    judged = read_file(upload)
    if not judged.mime.startswith("image/"):
        name = tidy(upload.filename)[:60]
        raise RuleBroken(_("“%(name)s”不是照片。请换成 JPG、PNG 或 HEIC 照片，或者不带照片。", name=name), field="photo")
    return Sent(upload.filename, judged.mime, judged.data)


def keep(row: Photographed, sent: Sent | None) -> None:
    """Store a photo with a row; a unit of work that fails takes it back."""
    if sent is None:
        return
    stem = secrets.token_hex(24)
    row.photo_file, row.photo_mime, row.photo_name = f"{stem[:2]}/{stem}.bin", sent.mime, tidy(sent.name)[-120:] or _("照片")
    store_files([(row.photo_file, sent.data)])
