"""The child process that decodes one image: reads it from standard input, writes JSON and the pictures to standard output.

Its one argument is the task, as JSON: limits, and either `widths` (re-encode an upload, with WebP renditions) or `make`
(variants of a picture that was re-encoded before: format, width, box).

It runs apart, with memory and time limits, because decoders are the likeliest place for a crafted file to strike.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
import warnings
from contextlib import suppress
from typing import Any, NoReturn

from PIL import Image, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "progressive": True, "optimize": True},
    "WEBP": {"quality": 80, "method": 3},
    "PNG": {"optimize": False, "compress_level": 6},
    "AVIF": {"quality": 50, "speed": 6, "max_threads": 1},
}


def refuse(code: str) -> NoReturn:
    """Answer with a reason and end."""
    _answer({"refused": code}, [])
    raise SystemExit(0)


def _answer(about: dict[str, Any], parts: list[bytes]) -> None:
    head = json.dumps(about | {"sizes": [len(part) for part in parts]}).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(head)) + head + b"".join(parts))
    sys.stdout.buffer.flush()


def _open(data: bytes, most_pixels: int, longest: int) -> Image.Image:
    """Read the header, judge the size, then decode."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.width * image.height > most_pixels:
        refuse("too-many-pixels")
    # Cameras keep a preview as a second picture in a JPEG (MPO): that is one photo, and the first picture is it.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        refuse("animated")
    if image.format in {"JPEG", "MPO"}:
        image.draft(image.mode, (longest, longest))  # decodes at 1/2, 1/4 or 1/8 where that is still large enough
    image.load()
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB: RGBA when something is see-through, else RGB."""
    profile = image.info.get("icc_profile")
    with suppress(Exception):  # a broken EXIF block must not cost the photo
        ImageOps.exif_transpose(image, in_place=True)
    image = _in_srgb(_in_8_bits(image), profile)
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image if image.mode == "RGBA" else image.convert("RGB")


def _in_8_bits(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, RGBA, L or CMYK."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257) + 0).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "L", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, OSError, ValueError):  # a profile that does not fit is left out
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    return image


def _encode(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.info.clear()  # savers would copy EXIF, XMP, comments and profiles from here
    image.save(out, kind, **OPTIONS[kind])
    return out.getvalue()


def _resized(image: Image.Image, width: int) -> Image.Image:
    height = max(1, round(image.height * width / image.width))
    return image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)


def _limit(memory: int, seconds: int) -> None:
    """Bound memory and processor time; forbid files and core dumps."""
    wanted = {
        resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0,
    }  # fmt: skip
    for what, most in wanted.items():
        hard = most + 1 if what == resource.RLIMIT_CPU else most
        try:
            resource.setrlimit(what, (most, hard))
        except (ValueError, OSError):
            if sys.platform == "linux":  # macOS knows no address space limit; production runs on Linux
                raise


def _reencoded(image: Image.Image, widths: list[int]) -> tuple[dict[str, Any], list[bytes]]:
    kind = "PNG" if image.mode == "RGBA" else "JPEG"
    made = sorted({min(width, image.width) for width in widths}) if image.width >= min(widths) else []
    parts = [_encode(image, kind), *(_encode(_resized(image, width), "WEBP") for width in made)]
    return {"width": image.width, "height": image.height, "kind": kind, "widths": made}, parts


def _variants(image: Image.Image, wanted: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
    parts = [_encode(_resized(image.crop(box) if box else image, width), kind) for kind, width, box in wanted]
    return {"made": len(parts)}, parts


def main() -> None:
    """Decode, check, re-encode."""
    task = json.loads(sys.argv[1])
    if "make" in task:
        os.nice(10)  # nobody waits for it: whoever asks for a page goes first
    _limit(task["memory"], task["seconds"])
    warnings.simplefilter("ignore")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None
    longest = task["side"]
    try:
        image = _plain(_open(sys.stdin.buffer.read(), task["pixels"], longest))
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        about, parts = _variants(image, task["make"]) if "make" in task else _reencoded(image, task["widths"])
    except MemoryError:
        refuse("too-many-pixels")
    except Exception:
        refuse("broken")
    _answer(about, parts)


if __name__ == "__main__":
    main()
