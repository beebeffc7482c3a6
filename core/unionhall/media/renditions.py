"""The variants that take time: AVIF, and cuts around the focal point; made by the worker, one picture at a time.

The rows are the queue: `make_at` says when to look. A picture is taken by putting that off, so that a killed worker's
picture is soon somebody else's; how often it was taken is counted, so that a bad one is given up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from unionhall.base import db
from unionhall.base.errors import UnionHallError
from unionhall.media import addresses, files, uses
from unionhall.media.addresses import Variant
from unionhall.media.images import WIDTHS, Cut, ImageRefused, Limits, make_variants
from unionhall.media.models import Asset, Kind
from unionhall.platform import access
from unionhall.platform.storage import storage

MAX_TRIES = 5
LEASE = timedelta(minutes=5)
LIMITS = Limits(seconds=30)
CUTS = {"3x2": (480, 960), "16x9": (480, 960, 1600)}
KINDS = {"avif": "AVIF", "webp": "WEBP"}
log = structlog.get_logger("unionhall.media")


@dataclass(frozen=True)
class Taken:
    """A picture that this worker makes variants of, as it stood when it was taken."""

    id: int
    stem: str
    version: int
    file: str
    focal: tuple[int, int]
    renditions: dict[str, int]
    missing: dict[str, Cut]
    tries: int


def run(now: datetime) -> bool:
    """Make what is missing of the newest picture that waits (the job); older ones follow, run by run."""
    taken = _take(now)
    return taken is not None and _make(taken)


def look_again(now: datetime) -> int:
    """Put pictures without AVIF in line again, also those that were given up (the job): an encoder may work by now."""
    without = (Asset.kind == Kind.IMAGE.value) & ~Asset.avif & Asset.make_at.is_(None) & (Asset.width >= WIDTHS[0])
    with db.unit_of_work():
        return db.update_count(update(Asset).where(without).values(make_at=now, tries=0).execution_options(synchronize_session=False))


def wanted(asset: Asset) -> dict[str, Cut]:
    """Return {variant's name: how it is made} of all that a picture should have beside what its upload brought."""
    return {variant.name: cut for variant, cut in _wanted(asset)}


def _wanted(asset: Asset) -> Iterator[tuple[Variant, Cut]]:
    if not asset.widths:
        return
    for width in asset.widths:
        yield Variant(width, "avif"), Cut("AVIF", width)
    for shape, widths in CUTS.items():
        box = addresses.cut_box(shape, (asset.width, asset.height), asset.focal)
        if box is None:
            continue
        for width in sorted({min(width, box[2] - box[0]) for width in widths}):
            for ending, kind in KINDS.items():
                yield Variant(width, ending, addresses.cut_name(shape, asset.focal)), Cut(kind, width, box)


def _take(now: datetime) -> Taken | None:
    due = select(Asset).where(Asset.make_at <= now).order_by(Asset.make_at.desc(), Asset.id.desc()).limit(1)
    asset = db.session().scalar(access.unscoped(due, why="the worker"))
    if asset is None:
        db.session().rollback()
        return None
    taken = Taken(
        asset.id, asset.stem, asset.version, asset.file, asset.focal, dict(asset.renditions),
        {name: cut for name, cut in wanted(asset).items() if name not in asset.renditions}, asset.tries + 1,
    )  # fmt: skip
    seen = asset.make_at
    db.session().rollback()
    with db.unit_of_work():
        mine = update(Asset).where(Asset.id == taken.id, Asset.make_at == seen, Asset.tries == taken.tries - 1)
        put_off = now + LEASE if taken.tries < MAX_TRIES else None
        got = db.update_count(mine.values(make_at=put_off, tries=taken.tries).execution_options(synchronize_session=False))
    return taken if got == 1 else None


def _make(taken: Taken) -> bool:
    """Make and keep the variants; no lock is held while the child works."""
    try:
        made = make_variants(b"".join(storage().read(taken.file)), list(taken.missing.values()), LIMITS) if taken.missing else []
    except (ImageRefused, UnionHallError, OSError) as error:
        log.warning("variants were not made", asset=taken.id, tries=taken.tries, why=str(error))
        return False
    named = dict(zip(taken.missing, made, strict=True))
    with db.unit_of_work():
        if not _note(taken, {name: len(data) for name, data in named.items()}):
            return False
        files.write((addresses.variant_name(taken.stem, taken.version, name), data) for name, data in named.items())
        uses.purge_pages(taken.id)
    return True


def _note(taken: Taken, sizes: dict[str, int]) -> bool:
    """Say in the row what there is now; False when the picture was replaced, turned or taken by another meanwhile."""
    same = update(Asset).where(
        Asset.id == taken.id, Asset.version == taken.version, Asset.focal_x == taken.focal[0], Asset.focal_y == taken.focal[1],
        Asset.tries == taken.tries,
    )  # fmt: skip
    values = {"renditions": taken.renditions | sizes, "avif": True, "make_at": None, "tries": 0}
    return db.update_count(same.values(values).execution_options(synchronize_session=False)) == 1
