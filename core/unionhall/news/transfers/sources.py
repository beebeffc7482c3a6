"""Opening what was uploaded: a file, or a zip file that is unpacked first, and what an import makes of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from unionhall.base import archives
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import Actor
from unionhall.media import documents
from unionhall.news.exchange import here, jsonl_reading, markdown, wxr
from unionhall.news.exchange.arriving import Arrival, Destination
from unionhall.news.exchange.batches import Batches, Keep
from unionhall.news.exchange.pictures import Pictures
from unionhall.news.exchange.records import Problem
from unionhall.news.exchange.restoring import Restoration
from unionhall.news.transfers import files

LIMITS = archives.Limits(inflated=1024 * 1024 * 1024, members=20_000, ratio=100)  # a few years of an uploads folder
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")
DOCUMENTS = tuple(f".{ending}" for ending in documents.ENDINGS)
TAKEN = {"wxr": PICTURES, "markdown": PICTURES, "jsonl": (*PICTURES, *DOCUMENTS)}
ENDINGS = {"wxr": (".xml", ".wxr"), "jsonl": (".jsonl", ".ndjson"), "markdown": markdown.ENDINGS}


class Unusable(RuleBroken):
    """The upload is not what was said; the message says what it should be."""


@dataclass
class Opened:
    """An import that is ready to begin: its items, how many, and what is known only once all were read."""

    total: int
    items: Any
    task: Batches[Any]
    late: Callable[[], tuple[list[Problem], dict[str, int]]]


@contextmanager
def opened(token: str, form: str, to: Destination, keep: Keep) -> Iterator[Opened]:
    """Open an upload, unpacking what is packed; done again it goes on from what was unpacked. Raises RuleBroken, OSError."""
    place = files.folder(token)
    if not (place / files.UPLOAD).exists():
        raise Unusable(_("上传的文件不在了。请重新上传。"), code="upload-gone")
    main = _main(place, form)
    media = _unpacked(place, files.MEDIA, "media", TAKEN[form]) if (place / files.MEDIA).exists() else None
    if form == "markdown":
        media = markdown.whole(main)
    elif media is None and main != place / files.UPLOAD:
        media = place / "unpacked"
    pictures = _pictures(media, form, to)
    try:
        yield _task(main, form, to, pictures, keep)
    finally:
        pictures.close()


def _task(main: Path, form: str, to: Destination, pictures: Pictures, keep: Keep) -> Opened:
    if form == "markdown":
        total, records = markdown.read(main)
        return Opened(total, records, Arrival(to, pictures, keep), lambda: ([], {}))
    if form == "wxr":
        export, items = wxr.read(main, to.now)
        return Opened(export.total, items, Arrival(to, pictures, keep), lambda: (export.problems, export.ignored))
    source, entries = jsonl_reading.read(main)
    return Opened(source.total, entries, Restoration(main, source, to, pictures, keep), lambda: ([], {}))


def _pictures(media: Path | None, form: str, to: Destination) -> Pictures:
    actor: Actor = to.actor
    now: datetime = to.now
    if form == "jsonl":
        return Pictures(media, actor=actor, now=now, dry_run=to.dry_run, elsewhere=here.already(actor))
    return Pictures(media, actor=actor, now=now, dry_run=to.dry_run)


def _main(place: Path, form: str) -> Path:
    """Return the file or folder to read: the upload itself, or what is in it. Raises Unusable."""
    upload = place / files.UPLOAD
    with upload.open("rb") as file:
        packed = file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}
    if not packed and form == "markdown":
        raise Unusable(_("Markdown 要把整个文件夹压缩成一个 .zip 文件再上传。"), code="not-packed")
    if not packed:
        return upload
    inside = _unpacked(place, files.UPLOAD, "unpacked", (*ENDINGS[form], *TAKEN[form]))
    if form == "markdown":
        return _innermost(inside)
    found = [path for path in sorted(inside.rglob("*")) if path.suffix.lower() in ENDINGS[form]]
    if len(found) != 1:
        wanted = ENDINGS[form][0]
        raise Unusable(_("压缩包里要有一个 %(kind)s 文件，现在有 %(n)s 个。", kind=wanted, n=len(found)), code="not-one-file")
    return found[0]


def _innermost(folder: Path) -> Path:
    """Return the folder that was packed, when an archive holds nothing but that: addresses in texts begin there."""
    while len(found := list(folder.iterdir())) == 1 and found[0].is_dir():
        folder = found[0]
    return folder


def _unpacked(place: Path, name: str, target: str, endings: tuple[str, ...]) -> Path:
    """Return the folder into which an archive was unpacked, whole: a worker that died has left only a part beside it."""
    whole = place / target
    if not whole.is_dir():
        part = Path(tempfile.mkdtemp(prefix=f"{target}-", dir=place))
        try:
            archives.unpack(place / name, part, LIMITS, lambda member: _wanted(member, endings))
            part.rename(whole)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return whole


def _wanted(name: str, endings: tuple[str, ...]) -> bool:
    return name.lower().endswith(endings) and not name.startswith("__MACOSX/") and "/._" not in f"/{name}"
