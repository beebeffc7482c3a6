"""Images: judged by their first bytes, decoded in a child process, re-encoded without metadata (security.md 1.4).

A child costs about 0.1 s to start (Python and Pillow only); it gets no environment, so that a decoder which was
taken over finds no passwords there, and its answer is checked like any other input.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 10
WAITS = 1  # how many times its CPU seconds a child may take by the clock; tests, on busy machines, give it more
MEMORY = 1024 * 1024 * 1024
WIDTHS = (480, 960, 1600)
STARTS = {"PNG": (0, b"\x89PNG\r\n\x1a\n"), "JPEG": (0, b"\xff\xd8\xff"), "WEBP": (8, b"WEBP"), "AVIF": (4, b"ftypavif")}
CODES = {"empty", "too-large", "not-an-image", "heic", "svg", "animated", "too-many-pixels", "broken", "timeout"}
LOG = logging.getLogger(__name__)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


@dataclass(frozen=True)
class Limits:
    """What an upload may be at the most: bytes, pixels, the longest side (pixels) that is kept; the child's memory, seconds."""

    bytes: int = 10 * 1024 * 1024
    pixels: int = 40_000_000
    side: int = 2400
    memory: int = MEMORY
    seconds: float = SECONDS


@dataclass(frozen=True)
class Rendition:
    """A WebP of a picture, never wider than the picture; width in pixels."""

    width: int
    data: bytes
    mime: str = "image/webp"


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


@dataclass(frozen=True)
class Cut:
    """What a variant is made of: its format ("AVIF", "WEBP"), width, and the part of the picture, None for all of it."""

    kind: str
    width: int
    box: tuple[int, int, int, int] | None = None


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
    return _unpack(_run_child(data, limits, {"widths": WIDTHS}))


def make_variants(data: bytes, wanted: Sequence[Cut], limits: Limits | None = None) -> list[bytes]:
    """Return the variants of a picture that was re-encoded before, in their order. Raises ImageRefused."""
    make = [(cut.kind, cut.width, cut.box) for cut in wanted]
    about, parts = _read_frame(_run_child(data, limits or Limits(), {"make": make}))
    if about.get("made") != len(wanted) or not all(map(_starts, (cut.kind for cut in wanted), parts)):
        raise ImageRefused("broken")
    return parts


def _run_child(data: bytes, limits: Limits, work: dict[str, object]) -> bytes:
    child = str(Path(__file__).with_name("images_child.py"))
    bounds: dict[str, object] = {
        "side": limits.side, "pixels": limits.pixels, "memory": limits.memory, "seconds": max(1, int(limits.seconds)),
    }  # fmt: skip
    shown = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own file
            [sys.executable, "-I", child, json.dumps(bounds | work)], input=data, capture_output=True, check=False,
            timeout=limits.seconds * WAITS,
            env=shown | {"MALLOC_ARENA_MAX": "2"}, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ImageRefused("timeout") from None
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise ImageRefused("timeout")
    if done.returncode:
        LOG.warning("image decoder ended with %s: %s", done.returncode, done.stderr[-500:].decode("ascii", "backslashreplace"))
    return done.stdout


def is_picture(data: bytes) -> bool:
    """Say whether the first bytes are those of a kind of picture that we take, whatever name and type the browser gave."""
    head = data[:64]
    return (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and b"avif" in _brands(data))
    )


def _check_first_bytes(data: bytes) -> None:
    if is_picture(data):
        return
    head = data[:64]
    if head[4:8] == b"ftyp" and not _brands(data).isdisjoint(HEIC_BRANDS):
        raise ImageRefused("heic")
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    raise ImageRefused("svg" if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in start else "not-an-image")


def _brands(data: bytes) -> set[bytes]:
    """Return the brands of an ISO media file: its own, and those it is compatible with."""
    end = min(int.from_bytes(data[:4], "big"), 128)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def _read_frame(answer: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Read the child's frame; a child that died has left none, one that was taken over may leave anything."""
    try:
        (length,) = struct.unpack(">I", answer[:4])
        about = json.loads(answer[4 : 4 + length])
        if "refused" in about:
            raise ImageRefused(about["refused"] if about["refused"] in CODES else "broken")
        parts, at = [], 4 + length
        for size in about["sizes"]:
            parts.append(answer[at : at + size])
            at += size
    except (struct.error, KeyError, IndexError, TypeError, json.JSONDecodeError, UnicodeDecodeError):
        raise ImageRefused("broken") from None
    return about, parts


def _unpack(answer: bytes) -> Picture:
    about, parts = _read_frame(answer)
    try:
        return _picture(str(about["kind"]), int(about["width"]), int(about["height"]), list(map(int, about["widths"])), parts)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise error if isinstance(error, ImageRefused) else ImageRefused("broken") from None


def _starts(kind: str, part: bytes) -> bool:
    """Say whether the bytes begin as a picture of this kind does."""
    at, mark = STARTS[kind]
    return part[at : at + len(mark)] == mark


def _picture(kind: str, width: int, height: int, widths: list[int], parts: list[bytes]) -> Picture:
    if kind not in {"PNG", "JPEG"} or len(parts) != len(widths) + 1:
        raise ImageRefused("broken")
    if not _starts(kind, parts[0]) or not all(_starts("WEBP", part) for part in parts[1:]):
        raise ImageRefused("broken")
    small = tuple(Rendition(each, part) for each, part in zip(widths, parts[1:], strict=True))
    return Picture(width, height, f"image/{kind.lower()}", parts[0], small)
