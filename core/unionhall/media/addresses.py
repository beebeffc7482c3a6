"""The names of stored files and the addresses of what readers see: one place that makes them.

A picture's stem never changes, and bodies know it by `/media/ab/<stem>.jpg`. Each replacement counts the version up and
the served names with it (`<stem>-v2-960.webp`), so that a name never changes what it shows and may be kept for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

CENTRE = 500
SHAPES = {"3x2": (3, 2), "16x9": (16, 9)}
NEARLY = 0.02
_VARIANT = re.compile(r"(?:(?P<cut>.+)-)?(?P<width>[0-9]+)\.(?P<ending>[a-z]+)")


@dataclass(frozen=True)
class Variant:
    """A smaller or cut picture: "960.webp", or "3x2-500-300-480.avif" cut to a shape around a point."""

    width: int
    ending: str
    cut: str = ""

    @property
    def name(self) -> str:
        """Return the part of the file name that tells it from the others."""
        return f"{self.cut}-{self.width}.{self.ending}" if self.cut else f"{self.width}.{self.ending}"


def read_variant(name: str) -> Variant | None:
    """Return the variant of that name, None for anything else."""
    found = _VARIANT.fullmatch(name)
    return Variant(int(found["width"]), found["ending"], found["cut"] or "") if found else None


def file_name(stem: str, version: int, ending: str) -> str:
    """Return the storage's name of a whole file."""
    return f"{stem[:2]}/{_versioned(stem, version)}.{ending}"


def variant_name(stem: str, version: int, variant: str) -> str:
    """Return the storage's name of a variant."""
    return f"{stem[:2]}/{_versioned(stem, version)}-{variant}"


def public(name: str) -> str:
    """Return the address under which a stored picture is served."""
    return f"/media/{name}"


def download(stem: str, name: str) -> str:
    """Return the address of a document; the name is for people, the stem decides."""
    return f"/media/file/{stem}/{quote(name, safe='')}"


def stem_of(name: str) -> str:
    """Return the stem in a file's name, of whatever version or variant."""
    return name.partition(".")[0].partition("-")[0]


def variant_of(name: str) -> str:
    """Return the variant in a file's name, "" for a whole file."""
    rest = name.partition("-")[2]
    version, dash, after = rest.partition("-")
    if re.fullmatch(r"v[0-9]+", version) and dash:
        rest = after
    return rest if read_variant(rest) else ""


def cut_name(shape: str, focal: tuple[int, int]) -> str:
    """Return what a cut is called: its shape and the point it is made around."""
    return f"{shape}-{focal[0]}-{focal[1]}"


def cut_box(shape: str, size: tuple[int, int], focal: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return (left, top, right, bottom) of the largest part of this shape around the focal point.

    None when it would be what a browser shows of the whole picture anyway: the middle, or nearly everything.
    """
    (width, height), (wide, high) = size, SHAPES[shape]
    if focal == (CENTRE, CENTRE) or abs(width * high / (height * wide) - 1) < NEARLY:
        return None
    if width * high > height * wide:
        part = max(1, round(height * wide / high))
        left = _around(focal[0], part, width)
        return left, 0, left + part, height
    part = max(1, round(width * high / wide))
    top = _around(focal[1], part, height)
    return 0, top, width, top + part


def _around(point: int, part: int, whole: int) -> int:
    return min(max(0, round(whole * point / 1000 - part / 2)), whole - part)


def _versioned(stem: str, version: int) -> str:
    return stem if version == 1 else f"{stem}-v{version}"
