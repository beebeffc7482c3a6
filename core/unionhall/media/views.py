"""A picture as pages show it: frozen and free of the database, so that a process may remember it between requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from unionhall.media import addresses


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture's present file, size in pixels, what is said of it, and the names of its renditions."""

    stem: str
    version: int
    extension: str
    width: int
    height: int
    focal: tuple[int, int]
    renditions: tuple[str, ...]
    alt: str = ""
    caption: str = ""
    credit: str = ""

    @property
    def src(self) -> str:
        """Return the address of the whole picture."""
        return addresses.public(addresses.file_name(self.stem, self.version, self.extension))

    @property
    def srcset(self) -> str:
        """Return the uncut WebP renditions for `srcset`; empty for a picture smaller than the smallest."""
        return _srcset(self, "webp", "")

    @property
    def widths(self) -> list[int]:
        """Return the widths of the uncut WebP renditions."""
        return [item.width for item in _variants(self, "webp", "")]

    def sources(self, shape: str = "") -> tuple[tuple[str, str], ...]:
        """Return (MIME type, srcset) for each `<source>`, best first; cut to a shape where there are cuts of it."""
        return _sources(self, shape)

    def thumbnail(self, shape: str = "") -> str:
        """Return the address of the smallest rendition, of the picture itself when there is none."""
        sources = self.sources(shape)
        return sources[-1][1].split(" ", 1)[0] if sources else self.src


@lru_cache(maxsize=4096)
def _sources(picture: PictureView, shape: str) -> tuple[tuple[str, str], ...]:
    cut = addresses.cut_name(shape, picture.focal) if shape else ""
    if cut and not _variants(picture, "webp", cut):
        cut = ""
    found = ((f"image/{ending}", _srcset(picture, ending, cut)) for ending in ("avif", "webp"))
    return tuple((mime, srcset) for mime, srcset in found if srcset)


def _variants(picture: PictureView, ending: str, cut: str) -> list[addresses.Variant]:
    every = (addresses.read_variant(name) for name in picture.renditions)
    return sorted((item for item in every if item and item.ending == ending and item.cut == cut), key=lambda item: item.width)


def _srcset(picture: PictureView, ending: str, cut: str) -> str:
    names = ((addresses.variant_name(picture.stem, picture.version, item.name), item.width) for item in _variants(picture, ending, cut))
    return ", ".join(f"{addresses.public(name)} {width}w" for name, width in names)
