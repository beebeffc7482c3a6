"""Uploading a picture: who may, what is refused and how it is said, and that nothing is left half stored."""

from __future__ import annotations

import io
import time

import pytest
from flask.testing import FlaskClient
from PIL import Image as Pillow
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, Unavailable
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import services
from unionhall.media.images import ImageRefused
from unionhall.media.models import Asset
from unionhall.orgs.services import merge_org
from unionhall.platform import access

PATH = "/desk/media/images"
JSON = {"Accept": "application/json"}
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 32
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(size=(1200, 800), kind="JPEG", **options):
    file = io.BytesIO()
    Pillow.new("RGB", size, "red").save(file, kind, **options)
    return file.getvalue()


def animation():
    file = io.BytesIO()
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def images():
    return db.session().scalar(access.unscoped(select(func.count()).select_from(Asset), why="test"))


def files(app):
    folder = app.extensions["unionhall.storage"].root
    return sorted(path.name for path in folder.rglob("*") if path.is_file())




@pytest.fixture
def people(work, make):
    """An org with a correspondent, an auditor, and another org; ids."""
    with work():
        org, other = make.org(), make.org()
        return {
            "org": org.id, "other": other.id, "writer": make.account(Role.CORRESPONDENT, org).id,
            "auditor": make.account(Role.AUDITOR, org).id,
        }


@pytest.fixture
def send(app, login):
    """Return `send(account, data, …)`: upload as this person."""

    def upload(account_id, data, name="照片.jpg", **values):
        browser: FlaskClient = app.test_client()
        login(browser, account_id)
        page = browser.get("/desk/").get_data(as_text=True)
        token = page.split('name="csrf-token" content="')[1].split('"')[0]
        return browser.post(PATH, data={"file": (io.BytesIO(data), name), **values}, headers=JSON | {"X-CSRFToken": token})

    return upload


def test_an_upload_is_stored_with_its_renditions(app, work, people, send):
    answer = send(people["writer"], picture(), "照片/../车间.jpg")
    assert answer.status_code == 201
    with work():
        row = db.session().scalar(access.unscoped(select(Asset), why="test"))
        assert answer.json == {"id": row.id, "src": row.src, "width": 1200, "height": 800}
        assert (row.file_name, row.org_id, row.uploaded_by, len(row.widths)) == ("车间.jpg", people["org"], people["writer"], 3)
        assert files(app) == sorted([f"{row.stem}.jpg", *(f"{row.stem}-{width}.webp" for width in row.widths)])
    with app.test_client().get(answer.json["src"]) as shown:
        assert shown.status_code == 200


@pytest.mark.parametrize(
    ("data", "code", "status", "says"),
    [
        (b"", "empty", 422, "没有收到文件"), (b"MZ\x90 not a picture", "not-an-image", 422, "不是图片"),
        (HEIC, "heic", 422, "这张图是 HEIC 格式，网页打不开。请在手机里存成 JPG 再传。"), (SVG, "svg", 422, "SVG"),
        (animation(), "animated", 422, "动图"), (b"\xff\xd8\xff\xe0" + b"\x00" * 100, "broken", 422, "打不开"),
        (picture((8000, 5001), "PNG"), "too-many-pixels", 422, "4000 万"),
    ],
    ids=["empty", "program", "heic", "svg", "gif", "broken", "pixels"],
)
def test_what_is_no_picture_is_refused_in_words_within_a_second(app, work, people, send, data, code, status, says):
    started = time.process_time()
    answer = send(people["writer"], data)
    assert time.process_time() - started < 3
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert says in answer.json["error"]["message"]
    with work():
        assert (images(), files(app)) == (0, [])


def test_more_than_ten_megabytes_are_too_large(people, send, monkeypatch):
    with pytest.raises(services.UploadRefused) as refused:
        services.prepare(b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024))
    assert (refused.value.code, "10 MB" in str(refused.value)) == ("too-large", True)

    def refuse(data):
        raise ImageRefused("too-large")

    monkeypatch.setattr(services, "inspect_and_reencode", refuse)
    assert send(people["writer"], b"large").status_code == 413


def test_only_the_newsroom_uploads_and_only_for_its_orgs(app, client, work, people, send):
    assert send(people["auditor"], picture()).status_code == 403
    assert send(people["writer"], picture(), org=str(people["other"])).status_code == 404
    assert send(people["writer"], picture(), org="x").status_code == 404
    assert send(people["writer"], picture(), org=str(people["org"])).status_code == 201
    assert client.post(PATH, data={"file": (io.BytesIO(picture()), "a.jpg")}, headers=JSON).status_code == 400
    with work():
        assert images() == 1


def test_a_full_disk_leaves_neither_row_nor_files(app, work, people, send, monkeypatch):
    folder = app.extensions["unionhall.storage"]
    put, calls = folder.put, []

    def fail_at_the_second(name, data):
        calls.append(name)
        if len(calls) == 2:
            raise Unavailable("磁盘满了，文件没有存下来。", code="storage-full")
        put(name, data)

    monkeypatch.setattr(folder, "put", fail_at_the_second)
    answer = send(people["writer"], picture())
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "storage-full")
    assert "没有存下来" in answer.json["error"]["message"]
    with work():
        assert (images(), files(app)) == (0, [])


@pytest.mark.both
def test_a_unit_of_work_that_fails_takes_its_files_back(app, work, make):
    def fail_after(store):
        with work():
            if store:
                services.store_image(picture(), "a.jpg", org=make.root, actor=SYSTEM, now=clock.now())
                assert len(files(app)) == 4
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after(True)
    assert files(app) == []
    with work():
        services.store_image(picture(), "a.jpg", org=make.root, actor=SYSTEM, now=clock.now())
    with pytest.raises(RuntimeError):
        fail_after(False)
    assert len(files(app)) == 4


def test_metadata_is_gone(app, work, make):
    exif = Pillow.Exif()
    exif[0x010E], exif[0x8825] = "秘密", {1: "N"}
    with work():
        image = services.store_image(picture(exif=exif.tobytes()), "a.jpg", org=make.root, actor=SYSTEM, now=clock.now())
        path = app.extensions["unionhall.storage"].local(image.src.removeprefix("/media/"))
        with Pillow.open(path) as stored:
            assert dict(stored.getexif()) == {}


def test_images_go_with_a_merged_org_and_rights_are_judged_in_the_service(work, make):
    with work():
        source, target = make.org(), make.org()
        image = services.store_image(picture(), "a.jpg", org=source, actor=SYSTEM, now=clock.now())
        with pytest.raises(NotAllowed):
            services.store_image(picture(), "a.jpg", org=source, actor=make.actor(Role.EDITOR, target), now=clock.now())
        merge_org(source, target, actor=SYSTEM, now=clock.now())
        db.session().refresh(image)
        assert image.org_id == target.id
