"""Which files the rows of this feature need; every table that keeps files in the storage is named here."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from unionhall.base import db
from unionhall.media.models import Image
from unionhall.platform.access import unscoped


def names() -> Iterator[str]:
    """Yield the names of all files of all images, in constant memory."""
    wanted = select(Image.stem, Image.extension, Image.widths).execution_options(yield_per=1000)
    with db.session().execute(unscoped(wanted, why="files")) as rows:
        for stem, extension, widths in rows:
            yield f"{stem[:2]}/{stem}.{extension}"
            yield from (f"{stem[:2]}/{stem}-{width}.webp" for width in widths)
