"""Images: judged by their first bytes, decoded in a child process, re-encoded without metadata (security.md 1.4)."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 10
MEMORY = 1024 * 1024 * 1024
WIDTHS = (480, 960, 1600)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


@dataclass(frozen=True)
class Limits:
    """What an upload may be at the most: bytes, pixels, and the longest side (pixels) that is kept."""

    bytes: int = 10 * 1024 * 1024
    pixels: int = 40_000_000
    side: int = 2400


@dataclass(frozen=True)
class Rendition:
    """A smaller WebP of a picture; width in pixels."""

    width: int
    data: bytes


@dataclass(frozen=True)
class Picture:
    """A picture that was re-encoded: size in pixels, MIME type, bytes, and its renditions."""

    width: int
    height: int
    mime: str
    data: bytes
    renditions: tuple[Rendition, ...]

    @property
    def extension(self) -> str:
        """Return the file name's ending."""
        return "png" if self.mime == "image/png" else "jpg"

    @property
    def sha256(self) -> str:
        """Return the digest of the re-encoded picture, hex."""
        return hashlib.sha256(self.data).hexdigest()


class ImageRefused(ValueError):
    """The upload is no picture that we take; `code` says why.

    empty, too-large, not-an-image, heic, svg, animated, too-many-pixels, broken, timeout.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def inspect_and_reencode(data: bytes, limits: Limits | None = None) -> Picture:
    """Return the picture, upright, in sRGB, without metadata. Raises ImageRefused."""
    limits = limits or Limits()
    if not data:
        raise ImageRefused("empty")
    if len(data) > limits.bytes:
        raise ImageRefused("too-large")
    _check_first_bytes(data)
    child = str(Path(__file__).with_name("images_child.py"))
    numbers = [str(number) for number in (limits.side, limits.pixels, MEMORY, *WIDTHS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file
            [sys.executable, "-I", child, *numbers], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ImageRefused("timeout") from None
    return _unpack(done.stdout)


def _check_first_bytes(data: bytes) -> None:
    """Know the kind by its magic bytes, whatever name and type the browser gave."""
    head = data[:64]
    known = (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in {b"avif", b"avis"})
    )
    if known:
        return
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        raise ImageRefused("heic")
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    raise ImageRefused("svg" if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in start else "not-an-image")


def _unpack(answer: bytes) -> Picture:
    """Read the child's frame; a child that died has left none."""
    if len(answer) < 4:
        raise ImageRefused("broken")
    (length,) = struct.unpack(">I", answer[:4])
    about = json.loads(answer[4 : 4 + length])
    if "refused" in about:
        raise ImageRefused(about["refused"])
    parts, at = [], 4 + length
    for size in about["sizes"]:
        parts.append(answer[at : at + size])
        at += size
    mime = "image/png" if about["kind"] == "PNG" else "image/jpeg"
    small = tuple(Rendition(width, part) for width, part in zip(about["widths"], parts[1:], strict=True))
    return Picture(about["width"], about["height"], mime, parts[0], small)
