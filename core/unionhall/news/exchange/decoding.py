"""Files of an import, judged and decoded before anything is written; their bytes wait on disk, so that a batch costs no memory."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from flask_babel import gettext as _

from unionhall.base.errors import UnionHallError
from unionhall.media import documents, refusals
from unionhall.media import services as media
from unionhall.media.images import Picture
from unionhall.media.services import Prepared

LARGEST = 12 * 1024 * 1024


@dataclass(frozen=True)
class Waiting:
    """A file that may be kept, without its bytes, and the files in which those wait."""

    prepared: Prepared
    files: tuple[Path, ...]

    @property
    def image(self) -> bool:
        """True for a picture, False for a document."""
        return isinstance(self.prepared, Picture)

    def whole(self) -> Prepared:
        """Return it with its bytes."""
        data, *small = (file.read_bytes() for file in self.files)
        if not isinstance(self.prepared, Picture):
            return replace(self.prepared, data=data)
        renditions = tuple(replace(item, data=part) for item, part in zip(self.prepared.renditions, small, strict=True))
        return replace(self.prepared, data=data, renditions=renditions)


def decoded(path: Path, folder: str) -> Waiting | str:
    """Return what may be kept of a file, or why it cannot be taken; the bytes wait in the folder."""
    document = documents.ending(path.name) in documents.ENDINGS
    try:
        if path.stat().st_size > (documents.MOST_BYTES if document else LARGEST):
            return refusals.explained("document-too-large") if document else _("超过 12 MB")
        data = path.read_bytes()
        return _waiting(media.prepare_file(data, path.name) if document else media.prepare(data), folder)
    except (UnionHallError, OSError) as error:
        return str(error)


def _waiting(prepared: Prepared, folder: str) -> Waiting:
    if not isinstance(prepared, Picture):
        return Waiting(replace(prepared, data=b""), (_written(prepared.data, folder),))
    files = tuple(_written(data, folder) for data in (prepared.data, *(item.data for item in prepared.renditions)))
    light = replace(prepared, data=b"", renditions=tuple(replace(item, data=b"") for item in prepared.renditions))
    return Waiting(light, files)


def _written(data: bytes, folder: str) -> Path:
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return Path(name)
