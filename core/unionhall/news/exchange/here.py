"""What this site keeps of pictures and documents: the one place where imports and exports ask the media feature."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.media import addresses, queries
from unionhall.media.models import Asset, AssetTag, Kind
from unionhall.news.exchange.pictures import Shown
from unionhall.platform import access
from unionhall.platform.storage import storage

IN_BODY = re.compile(r'"/media/([a-z0-9]{2}/[a-z0-9-]{1,120}\.[a-z0-9]{2,5})"')
IN_LINK = re.compile(r'"/media/file/([a-z0-9]{2,40})/[^"]*"')
SAID = ("title", "alt", "caption", "credit", "licence", "consent")


def files_in(body: str) -> list[str]:
    """Return the files that a stored body shows."""
    return IN_BODY.findall(body)


def linked_in(body: str) -> list[str]:
    """Return the stems of the documents that a stored body links to."""
    return IN_LINK.findall(body)


def documents(session: Session, stems: Iterable[str]) -> dict[str, str]:
    """Return {stem: file} of the documents there are."""
    wanted = select(Asset.stem, Asset.extension).where(Asset.stem.in_(list(stems)), Asset.kind == Kind.DOCUMENT.value)
    return {row.stem: _file(row.stem, row.extension) for row in session.execute(access.unscoped(wanted, why="export"))}


def covers(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return {number of a picture: its file}."""
    found = session.execute(access.unscoped(select(Asset.id, Asset.stem, Asset.extension).where(Asset.id.in_(list(ids))), why="export"))
    return {row.id: _file(row.stem, row.extension) for row in found}


def names(session: Session, files: Iterable[str]) -> dict[str, str]:
    """Return {file: the name under which it was uploaded} of the pictures there are."""
    stems = {_stem(file): file for file in files}
    rows = select(Asset.stem, Asset.file_name).where(Asset.stem.in_(list(stems)))
    return {stems[row.stem]: row.file_name for row in session.execute(access.unscoped(rows, why="export"))}


def words(session: Session, files: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return {file: its name and what the library says of it, as far as it says anything} of the files there are."""
    stems = {_stem(file): file for file in files}
    rows = session.execute(access.unscoped(select(Asset.__table__).where(Asset.stem.in_(list(stems))), why="export")).all()
    tags: dict[int, list[str]] = defaultdict(list)
    filed = select(AssetTag.asset_id, AssetTag.name).where(AssetTag.asset_id.in_([row.id for row in rows]))
    for tag in session.execute(filed.order_by(AssetTag.name)):
        tags[tag.asset_id].append(tag.name)
    return {stems[row.stem]: _words(row, tags[row.id]) for row in rows}


def _words(row: Row[Any], tags: list[str]) -> dict[str, Any]:
    said = {name: value for name in SAID if (value := getattr(row, name))}
    if (focal := (row.focal_x, row.focal_y)) != (addresses.CENTRE, addresses.CENTRE):
        said["focal"] = focal
    return {"name": row.file_name, **said, **({"tags": tags} if tags else {})}


def already(actor: Actor) -> Callable[[str], Shown | None]:
    """Return a function that finds, by its address, a picture or document which this site keeps and the actor may use."""

    def find(address: str) -> Shown | None:
        found = queries.by_stems([_stem(address)]).get(_stem(address)) if address.startswith("/media/") else None
        if found is None or not queries.seen([found.id], actor):
            return None
        return Shown(found.id, found.address, found.width, found.height, found.is_image)

    return find


def data(file: str) -> bytes | None:
    """Return a file's bytes as they are now, None when they are gone."""
    asset = queries.by_stems([_stem(file)]).get(_stem(file))
    try:
        return b"".join(storage().read(asset.file if asset else file))
    except (NotFound, OSError):
        return None


def _stem(file: str) -> str:
    return addresses.stem_of(file.rpartition("/")[2])


def _file(stem: str, extension: str) -> str:
    return f"{stem[:2]}/{stem}.{extension}"
