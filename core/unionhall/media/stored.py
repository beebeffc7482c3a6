"""Which files the rows of this feature need; every table that keeps files in the storage is named here."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from unionhall.base import db
from unionhall.media import addresses
from unionhall.media.models import Asset
from unionhall.platform.access import unscoped


def names() -> Iterator[str]:
    """Yield the names of all files of all assets, in constant memory."""
    wanted = select(Asset.stem, Asset.version, Asset.extension, Asset.renditions).execution_options(yield_per=1000)
    with db.session().execute(unscoped(wanted, why="files")) as rows:
        for stem, version, extension, renditions in rows:
            yield addresses.file_name(stem, version, extension)
            yield from (addresses.variant_name(stem, version, name) for name in renditions)
