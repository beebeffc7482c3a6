"""Images: what is taken, what is refused and why, and that nothing of the file but its pixels is kept."""

from __future__ import annotations

import io
import os
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from unionhall.media import images
from unionhall.media.images import ImageRefused, Limits, inspect_and_reencode

GPS = 0x8825
ORIENTATION = 0x0112


def saved(image, kind="JPEG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(size=(64, 48), mode="RGB", colour="red"):
    return Image.new(mode, size, colour)


def opened(picture):
    return Image.open(io.BytesIO(picture.data))


def spent():
    """CPU seconds of this process and of its children that have ended: how busy the machine is does not count."""
    return sum(os.times()[:4])


def code(data, limits=None):
    began = spent()
    with pytest.raises(ImageRefused) as caught:
        inspect_and_reencode(data, limits)
    assert spent() - began < 3, "a refusal is quick"
    return caught.value.code


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_declaring(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


def frames(kind, **options):
    more = [plain(colour="green"), plain(colour="blue")]
    return saved(plain(), kind, save_all=True, append_images=more, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_each_kind_becomes_a_jpeg(kind):
    picture = inspect_and_reencode(saved(plain(), kind))
    assert (picture.width, picture.height, picture.mime, picture.extension, picture.renditions) == (64, 48, "image/jpeg", "jpg", ())
    assert opened(picture).format == "JPEG"
    assert opened(picture).info.get("progressive")
    assert len(picture.sha256) == 64
    red, green, blue = opened(picture).getpixel((30, 20))
    assert red > 240
    assert max(green, blue) < 16


@pytest.mark.parametrize(("data", "why"), [
    (b"", "empty"), (b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024), "too-large"), (b"%PDF-1.7", "not-an-image"), (b"hello", "not-an-image"),
    (b"<html><script>alert(1)</script>", "not-an-image"), (b"BM" + b"\0" * 60, "not-an-image"), (b"II*\0" + b"\0" * 60, "not-an-image"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "svg"), (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>", "svg"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "heic"), (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 40, "heic"),
    (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 40, "not-an-image"), (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + b"\0" * 40, "broken"),
    (b"\xff\xd8\xff" + b"\0" * 200, "broken"), (b"GIF89a/*<script>alert(1)</script>*/", "broken"), (b"\x89PNG\r\n\x1a\n", "broken"),
    (b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 40, "broken"), (png_declaring(30_000, 30_000), "too-many-pixels"), (png_declaring(0, 5), "broken"),
    (png_declaring(2_000_000_000, 2_000_000_000), "too-many-pixels"), (png_declaring(5_000, 5_000), "broken"),
    (frames("GIF"), "animated"), (frames("WEBP"), "animated"), (frames("PNG"), "animated"), (frames("AVIF"), "animated"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_what_is_refused(data, why):
    assert code(data) == why


def test_limits_are_the_callers():
    data = saved(plain((200, 100)))
    assert code(data, Limits(bytes=10)) == "too-large"
    assert code(data, Limits(pixels=19_999)) == "too-many-pixels"
    assert inspect_and_reencode(data, Limits(side=50)).width == 50
    assert code(data, Limits(seconds=0.001)) == "timeout"
    assert code(saved(plain((3000, 3000)), "PNG"), Limits(memory=60 * 1024 * 1024)) in {"too-many-pixels", "broken"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_truncated_file_is_broken(kind):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    data = saved(noise, kind)
    assert code(data[: len(data) // 2]) == "broken"


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04evil", b"<?php system($_GET[0]);", b"%PDF-1.4"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_nothing_of_a_polyglot_is_left(kind, tail):
    comment = {"JPEG": {"comment": tail}, "GIF": {"comment": tail}}.get(kind, {})
    picture = inspect_and_reencode(saved(plain((600, 400)), kind, **comment) + tail)
    for data in (picture.data, *(small.data for small in picture.renditions)):
        assert tail not in data


def test_place_camera_and_comments_are_gone():
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "SecretCam", "secret note"
    exif.get_ifd(GPS)[2] = (31.0, 14.0, 1.0)
    for kind in ("JPEG", "PNG", "WEBP"):
        extra = {"xmp": b"<x:xmpmeta>secret</x:xmpmeta>"} if kind != "PNG" else {}
        data = saved(plain((600, 400), "RGBA" if kind == "PNG" else "RGB", (255, 0, 0, 90) if kind == "PNG" else "red"), kind, exif=exif, **extra)
        assert b"ecret" in data
        picture = inspect_and_reencode(data)
        for made in (picture.data, picture.renditions[0].data):
            assert b"ecret" not in made
            image = Image.open(io.BytesIO(made))
            assert not dict(image.getexif())
            assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)


@pytest.mark.parametrize("turn", range(1, 9))
def test_pictures_stand_upright(turn):
    image = Image.new("RGB", (60, 40), "blue")
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    picture = inspect_and_reencode(saved(image, exif=exif))
    assert (picture.width, picture.height) == ((60, 40) if turn < 5 else (40, 60))


def test_a_turned_picture_has_its_top_at_the_top():
    image = Image.new("RGB", (64, 64), "blue")
    image.paste("red", (0, 0, 32, 64))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    red = opened(inspect_and_reencode(saved(image, exif=exif, quality=95))).getpixel((32, 8))
    assert red[0] > 200


def test_a_broken_exif_block_does_not_cost_the_photo():
    data = saved(plain(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 30)
    assert inspect_and_reencode(data).width == 64


def test_cmyk_becomes_rgb():
    picture = inspect_and_reencode(saved(Image.new("CMYK", (40, 40), (0, 255, 255, 0))))
    assert opened(picture).mode == "RGB"
    assert opened(picture).getpixel((20, 20))[0] > 200


@pytest.mark.parametrize(("value", "wanted"), [(65535, 255), (32896, 128), (0, 0)])
def test_sixteen_bits_keep_their_grey(value, wanted):
    picture = inspect_and_reencode(saved(Image.new("I;16", (40, 40), value), "PNG"))
    assert abs(opened(picture).getpixel((20, 20))[0] - wanted) < 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_is_taken(mode):
    picture = inspect_and_reencode(saved(plain((40, 40), "RGB", "white").convert(mode), "PNG"))
    assert picture.mime == "image/jpeg", "see-through in name only"
    assert opened(picture).getpixel((20, 20))[0] > 250


def test_see_through_pictures_stay_see_through():
    image = Image.new("RGBA", (600, 60), (255, 0, 0, 0))
    image.paste((0, 255, 0, 255), (0, 0, 300, 60))
    palette = image.convert("P", palette=Image.Palette.ADAPTIVE)
    for data in (saved(image, "PNG"), saved(image, "WEBP", lossless=True), saved(palette, "PNG", transparency=palette.getpixel((500, 30)))):
        picture = inspect_and_reencode(data)
        assert (picture.mime, picture.extension) == ("image/png", "png")
        assert opened(picture).getpixel((500, 30))[3] == 0
        assert opened(picture).getpixel((100, 30))[3] == 255
        small = Image.open(io.BytesIO(picture.renditions[0].data)).convert("RGBA")
        assert small.getpixel((400, 20))[3] == 0


def test_colour_profiles_are_applied_and_dropped():
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, swapped, b"no profile at all"):
        picture = inspect_and_reencode(saved(plain(), icc_profile=profile))
        assert "icc_profile" not in opened(picture).info
        assert opened(picture).getpixel((20, 20))[0] > 240


@pytest.mark.parametrize(("size", "kept", "widths"), [
    ((3000, 1500), (2400, 1200), [480, 960, 1600]), ((1200, 800), (1200, 800), [480, 960, 1200]), ((480, 300), (480, 300), [480]),
    ((400, 300), (400, 300), []), ((900, 600), (900, 600), [480, 900]), ((1500, 3000), (1200, 2400), [480, 960, 1200]), ((4000, 1), (2400, 1), [480, 960, 1600]),
])  # fmt: skip
def test_sizes(size, kept, widths):
    picture = inspect_and_reencode(saved(plain(size)))
    assert (picture.width, picture.height) == kept
    assert [small.width for small in picture.renditions] == widths
    for small in picture.renditions:
        image = Image.open(io.BytesIO(small.data))
        assert (image.format, small.mime, image.width) == ("WEBP", "image/webp", small.width)
        assert image.height == max(1, round(kept[1] * small.width / kept[0]))


def test_a_camera_preview_does_not_make_a_photo_an_animation():
    file = io.BytesIO()
    plain((64, 48)).save(file, "MPO", save_all=True, append_images=[plain((32, 24), colour="blue")])
    picture = inspect_and_reencode(file.getvalue())
    assert (picture.width, opened(picture).format, opened(picture).getpixel((9, 9))[0] > 240) == (64, "JPEG", True)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_the_largest_photo_fits_the_limits(kind, mode):
    data = saved(Image.new(mode, (7300, 5470), (9, 99, 9, 99)[: len(mode)]), kind)
    began = spent()
    picture = inspect_and_reencode(data)
    assert picture.width == 2400
    assert spent() - began < 10


def test_the_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("UNIONHALL_SECRET_KEY", "hidden")
    seen = {}
    run = images.subprocess.run
    monkeypatch.setattr(images.subprocess, "run", lambda *args, **kwargs: seen.update(kwargs) or run(*args, **kwargs))
    inspect_and_reencode(saved(plain()))
    assert set(seen["env"]) <= {"PATH", "LD_LIBRARY_PATH", "MALLOC_ARENA_MAX"}
    assert "UNIONHALL_SECRET_KEY" in os.environ


@pytest.mark.parametrize("answer", [
    b"", b"\0\0\0\x02{}", b"\0\0\0\x05nojson", b"\xff\xff\xff\xff", b'\0\0\0\x14{"refused":"<b>hi"}', b"\0\0\0\x04null",
    b'\0\0\0\x45{"kind":"JPEG","width":1,"height":1,"widths":[],"sizes":[6]}         <html>',
    b'\0\0\0\x3c{"kind":"EXE","width":1,"height":1,"widths":[],"sizes":[1]}  x',
])  # fmt: skip
def test_a_child_that_was_taken_over_is_not_believed(answer):
    with pytest.raises(ImageRefused) as caught:
        images._unpack(answer)
    assert caught.value.code == "broken"
