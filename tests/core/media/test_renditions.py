"""What the worker makes: AVIF, and cuts around the focal point; nothing is lost with a killed worker, a bad picture is given up."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from media_samples import every, find, jpeg
from PIL import Image

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.media import addresses, images, renditions, replacing, services
from unionhall.media.images import Cut, ImageRefused, make_variants
from unionhall.media.services import Details
from unionhall.platform.storage import storage


@pytest.fixture
def worker(app):
    """Return `worker()`: one run of the job; whether it made something."""

    def run():
        with app.app_context():
            try:
                return renditions.run(clock.now())
            finally:
                db.session().remove()

    return run


def point_at(work, number, left, top):
    with work():
        asset = find(number)
        services.edit(asset, Details(focal_x=left, focal_y=top), base=asset.edits, actor=SYSTEM, now=clock.now())


def opened(app, name):
    return Image.open(io.BytesIO(app.extensions["unionhall.storage"].local(name).read_bytes()))


@pytest.mark.both
def test_an_upload_gets_its_avif_from_the_worker(app, work, people, keep, worker, stored):
    number = keep(people["org"])
    with work():
        assert [mime for mime, _srcset in find(number).sources()] == ["image/webp"]
    assert worker() == 1
    with work():
        asset = find(number)
        assert (asset.avif, asset.make_at, [mime for mime, _ in asset.sources()]) == (True, None, ["image/avif", "image/webp"])
        assert asset.sources("3x2") == asset.sources(), "a 3:2 picture with its point in the middle needs no cut"
        assert stored() == sorted(name.partition("/")[2] for name in asset.files)
        for width in (480, 960, 1200):
            made = opened(app, addresses.variant_name(asset.stem, 1, f"{width}.avif"))
            assert (made.format, made.width) == ("AVIF", width)
            assert asset.renditions[f"{width}.avif"] > 0
    assert worker() == 0


@pytest.mark.both
def test_cuts_are_made_around_the_point_and_anew_when_it_moves(app, work, people, keep, worker, stored):
    wide = Image.new("RGB", (2000, 500), "blue")
    wide.paste("red", (1500, 0, 2000, 500))
    file = io.BytesIO()
    wide.save(file, "JPEG", quality=95)
    number = keep(people["org"], file.getvalue())
    worker()
    with work():
        assert [name for name in find(number).renditions if "x" in name] == []
    point_at(work, number, 1000, 500)
    worker()
    with work():
        asset = find(number)
        srcsets = dict(asset.sources("3x2"))
        assert set(srcsets) == {"image/avif", "image/webp"}
        cut = opened(app, asset.thumbnail("3x2").removeprefix("/media/"))
        assert cut.size == (480, 320)
        assert cut.convert("RGB").getpixel((240, 160))[0] > 200, "the red end, not the blue middle"
        assert asset.sources("16x9") != asset.sources()
        first = set(asset.files)
    point_at(work, number, 0, 500)
    with work():
        assert find(number).sources("3x2") == find(number).sources(), "until the worker comes, the whole picture"
    worker()
    with work():
        asset = find(number)
        cut = opened(app, asset.thumbnail("3x2").removeprefix("/media/"))
        assert cut.convert("RGB").getpixel((240, 160))[2] > 200
        assert stored() == sorted(name.partition("/")[2] for name in asset.files)
        assert set(asset.files) != first
    point_at(work, number, 500, 500)
    with work():
        assert stored() == sorted(name.partition("/")[2] for name in find(number).files)


@pytest.mark.both
def test_a_killed_workers_picture_is_taken_again(app, work, people, keep, worker, monkeypatch, at):
    number = keep(people["org"])

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(renditions, "make_variants", killed)
        with pytest.raises(KeyboardInterrupt):
            worker()
    assert worker() == 0, "its lease is still on"
    at("2026-05-14 09:36")
    assert worker() == 1
    with work():
        assert (find(number).avif, find(number).tries) == (True, 0)


@pytest.mark.both
def test_a_bad_picture_is_given_up_until_somebody_looks_again(app, work, people, keep, worker, monkeypatch, at):
    number, good = keep(people["org"]), keep(people["org"], jpeg("blue"))
    tried, make = [], make_variants

    def fail(data, wanted, limits):
        tried.append(1)
        raise ImageRefused("broken")

    monkeypatch.setattr(renditions, "make_variants", fail)
    for hour in range(10, 22):
        at(f"2026-05-14 {hour}:00")
        worker()
    with work():
        assert (find(number).make_at, find(number).avif) == (None, False)
    assert len(tried) == 2 * renditions.MAX_TRIES
    monkeypatch.setattr(renditions, "make_variants", make)
    assert worker() == 0
    with app.app_context():
        assert renditions.look_again(clock.now()) == 2
        db.session().remove()
    assert (worker(), worker(), worker()) == (True, True, False)
    with work():
        assert find(number).avif
        assert find(good).avif


@pytest.mark.both
def test_what_was_made_of_a_picture_replaced_meanwhile_is_thrown_away(app, work, people, keep, worker, monkeypatch, stored):
    number = keep(people["org"])
    make = make_variants

    def replaced_meanwhile(data, wanted, limits):
        made = make(data, wanted, limits)
        with work():
            asset = find(number)
            replacing.replace(asset, services.prepare(jpeg("blue")), "新.jpg", base=asset.edits, actor=SYSTEM, now=clock.now())
        return made

    with monkeypatch.context() as patch:
        patch.setattr(renditions, "make_variants", replaced_meanwhile)
        assert worker() == 0
    with work():
        assert (find(number).version, find(number).avif) == (2, False)
        assert stored() == sorted(name.partition("/")[2] for name in find(number).files)
    assert worker() == 1


@pytest.mark.both
def test_small_pictures_and_documents_need_nothing(work, people, keep, worker):
    keep(people["org"], jpeg("blue", (300, 200)))
    keep(people["org"], b"%PDF-1.7", "a.pdf")
    assert worker() == 0
    with work():
        assert [item.make_at for item in every()] == [None, None]


@pytest.mark.parametrize(("size", "focal", "shape", "box"), [
    ((1500, 1000), (0, 0), "3x2", None), ((1600, 1000), (500, 500), "3x2", None), ((1600, 1000), (0, 500), "3x2", (0, 0, 1500, 1000)),
    ((1600, 1000), (1000, 500), "3x2", (100, 0, 1600, 1000)), ((1000, 2000), (500, 0), "3x2", (0, 0, 1000, 667)),
    ((1000, 2000), (500, 1000), "16x9", (0, 1438, 1000, 2000)), ((3, 1000), (0, 0), "16x9", (0, 0, 3, 2)), ((2000, 1), (1000, 0), "3x2", (1998, 0, 2000, 1)),
])  # fmt: skip
def test_where_a_cut_lies(size, focal, shape, box):
    assert addresses.cut_box(shape, size, focal) == box


@pytest.mark.parametrize("name", ["", "x", "480", "480.", ".webp", "-480.webp", "480.webp.x", "../480.webp", "3x2-480", "v2"])
def test_what_is_no_variant(name):
    assert addresses.read_variant(name) is None


@pytest.mark.parametrize(("name", "stem", "variant"), [
    ("ab12.jpg", "ab12", ""), ("ab12-480.webp", "ab12", "480.webp"), ("ab12-v2.jpg", "ab12", ""), ("ab12-v12-960.avif", "ab12", "960.avif"),
    ("ab12-3x2-1000-500-480.webp", "ab12", "3x2-1000-500-480.webp"), ("ab12-v3-3x2-0-0-480.webp", "ab12", "3x2-0-0-480.webp"),
])  # fmt: skip
def test_names_are_read_back(name, stem, variant):
    assert (addresses.stem_of(name), addresses.variant_of(name)) == (stem, variant)


def test_a_child_that_makes_something_else_is_not_believed(app, monkeypatch):
    data = jpeg()
    assert len(make_variants(data, [Cut("AVIF", 300), Cut("WEBP", 200, (0, 0, 400, 400))])) == 2
    for answer in (b"", b'\x00\x00\x00\x17{"made":1,"sizes":[12]}<html>evil<>', b'\x00\x00\x00\x0e{"sizes":[1]}x'):
        monkeypatch.setattr(images, "_run_child", lambda *args, answer=answer: answer)
        with pytest.raises(ImageRefused):
            make_variants(data, [Cut("AVIF", 300)])


def test_the_limits_hold_for_the_largest_picture():
    noise = Image.effect_noise((2400, 2400), 60).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=85)
    made = make_variants(file.getvalue(), [Cut("AVIF", 1600)], replace(renditions.LIMITS))
    assert Image.open(io.BytesIO(made[0])).width == 1600
    with pytest.raises(ImageRefused):
        make_variants(file.getvalue()[:2000], [Cut("AVIF", 1600)])


@pytest.mark.both
def test_a_file_that_is_gone_is_no_crash(app, work, people, keep, worker):
    number = keep(people["org"])
    with app.app_context():
        storage().delete(find(number).file)
        db.session().remove()
    assert worker() == 0
