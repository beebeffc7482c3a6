"""The child process that decodes one image: reads it from standard input, writes JSON and the pictures to standard output.

It runs apart, with memory and time limits, because decoders are the likeliest place for a crafted file to strike.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import warnings
from typing import Any

from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
QUALITY = 85


def refuse(code: str) -> None:
    """Answer with a reason and end."""
    sys.stdout.buffer.write(_frame({"refused": code}, []))
    sys.stdout.buffer.flush()
    raise SystemExit(0)


def _frame(about: dict[str, Any], parts: list[bytes]) -> bytes:
    head = json.dumps(about | {"sizes": [len(part) for part in parts]}).encode()
    return struct.pack(">I", len(head)) + head + b"".join(parts)


def _open(data: bytes, most_pixels: int) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.width * image.height > most_pixels:
        refuse("too-many-pixels")
    if getattr(image, "n_frames", 1) > 1:
        refuse("animated")
    image.load()
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB, without its metadata."""
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError):
            image = image.convert("RGB")
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if alpha else "RGB")


def _encode(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    options: dict[str, Any] = {"JPEG": {"quality": QUALITY, "progressive": True, "optimize": True}, "WEBP": {"quality": 80, "method": 3}}
    bare.save(out, kind, **options.get(kind, {"optimize": True}))
    return out.getvalue()


def main() -> None:
    """Decode, check, re-encode."""
    longest, most_pixels, memory, *widths = (int(word) for word in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    warnings.simplefilter("ignore")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = _plain(_open(sys.stdin.buffer.read(), most_pixels))
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        kind = "PNG" if image.mode == "RGBA" else "JPEG"
        made = [width for width in widths if width < image.width]
        small = [image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS) for width in made]
        parts = [_encode(image, kind), *(_encode(picture, "WEBP") for picture in small)]
    except MemoryError:
        refuse("too-many-pixels")
    except Exception:
        refuse("broken")
    about = {"width": image.width, "height": image.height, "kind": kind, "widths": made}
    sys.stdout.buffer.write(_frame(about, parts))


if __name__ == "__main__":
    main()
