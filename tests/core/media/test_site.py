"""Uploaded files as readers get them, from this machine and from a bucket."""

from __future__ import annotations

import io
import urllib.request

import pytest
from media_samples import find, jpeg
from PIL import Image
from sqlalchemy import func, select

from unionhall.base import clock, db, web
from unionhall.base.errors import Unavailable
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import files, replacing, services
from unionhall.media.models import Asset
from unionhall.platform import outbox
from unionhall.platform.storage import open_storage, storage

NAME = "ab/abcdef0123-480.webp"
DATA = b"RIFFxxxxWEBP"
GONE = {"s3_endpoint": "http://127.0.0.1:9"}


@pytest.fixture
def in_bucket(app, bucket, monkeypatch):
    """Let the site keep its files in a bucket; returns `set(name=value)`, which changes the settings."""
    kept = app.config["UNIONHALL"]

    def change(**settings):
        config = kept.model_copy(update=bucket | settings)
        monkeypatch.setitem(app.config, "UNIONHALL", config)
        monkeypatch.setitem(app.extensions, "unionhall.storage", open_storage(config.media_url, config))
        monkeypatch.setitem(app.extensions, web.POLICY, web.policy(config))

    change()
    return change


@pytest.fixture(params=["local", "s3"])
def address(app, request):
    """Return the address of a stored file."""
    if request.param == "s3":
        request.getfixturevalue("in_bucket")
    with app.app_context():
        storage().put(NAME, DATA)
    return f"/media/{NAME}"


def test_a_picture_is_kept_for_ever_and_can_do_nothing(client, address):
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert answer.data == DATA
        assert answer.headers["Content-Length"] == str(len(DATA))
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        tag = answer.headers["ETag"]
    with client.get(address, headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304


WRONG = [
    "ab/abcdef0123-960.webp", "ab/nothing.svg", "ab/page.html", "../secret.key", "AB/X.webp", "ab/%2e%2e%2fsecret.key",
    "ab/.part-x.webp",
]  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_picture_of_ours_is_not_found(client, address, name):
    assert client.get(f"/media/{name}").status_code == 404


@pytest.fixture
def replaced(app, work, people, keep):
    """Return (old names, new asset) of a picture that was replaced."""
    number = keep(people["org"])
    with work():
        old = list(find(number).files)
    with work():
        replacing.replace(find(number), services.prepare(jpeg("blue")), "新.jpg", base=0, actor=SYSTEM, now=clock.now())
    with work():
        asset = find(number)
        return old, asset.src, dict(asset.sources())["image/webp"]


def test_the_old_names_of_a_replaced_picture_lead_to_the_new_for_a_short_time(client, replaced):
    old, src, webp = replaced
    for name in old:
        answer = client.get(f"/media/{name}")
        assert answer.status_code == 302
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "immutable" not in answer.headers["Cache-Control"]
        assert answer.location in webp if name.endswith(".webp") else answer.location == src
        with client.get(answer.location) as shown:
            assert (shown.status_code, "immutable" in shown.headers["Cache-Control"]) == (200, True)
    stem = old[0].partition("/")[2].partition(".")[0]
    for lost in (f"{stem}-v9.jpg", f"{stem}-333.webp", f"{stem}-v2-333.avif"):
        assert client.get(f"/media/{stem[:2]}/{lost}").location == src
    assert client.get(f"/media/{stem[:2]}/{stem}.html").status_code == 404
    assert client.get(f"/media/{stem[:2]}/{'f' * 32}.jpg").status_code == 404


def test_a_picture_whose_own_file_is_gone_is_not_found_and_leads_nowhere_in_circles(app, client, work, people, keep):
    number = keep(people["org"])
    with work():
        src, name = find(number).src, find(number).file
        storage().delete(name)
    assert client.get(src).status_code == 404


def test_a_deleted_assets_files_answer_404(client, work, people, keep):
    number = keep(people["org"])
    with work():
        names = find(number).files
        services.delete_asset(find(number), actor=SYSTEM, now=clock.now())
    assert {client.get(f"/media/{name}").status_code for name in names} == {404}


def test_the_outbox_removes_what_a_killed_process_left(app, work, people, keep, monkeypatch, stored):
    number = keep(people["org"])
    with monkeypatch.context() as patch:
        patch.setattr(files, "_delete", lambda names: None)
        with work():
            services.delete_asset(find(number), actor=SYSTEM, now=clock.now())
    assert len(stored()) == 4
    with app.app_context():
        assert outbox.deliver(clock.now()) > 0
        db.session().remove()
    assert stored() == []


def test_a_part_is_sent_when_a_part_is_asked_for(client, address):
    with client.get(address, headers={"Range": "bytes=4-7"}) as part:
        assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"xxxx", "bytes 4-7/12")
        assert part.headers["Content-Length"] == "4"
        tag = part.headers["ETag"]
    with client.get(address, headers={"Range": "bytes=-4", "If-Range": tag}) as end:
        assert (end.status_code, end.data) == (206, b"WEBP")
    with client.get(address, headers={"Range": "bytes=4-7", "If-Range": '"another"'}) as changed:
        assert (changed.status_code, changed.data) == (200, DATA)
    with client.get(address, headers={"Range": "bytes=99-"}) as beyond:
        assert beyond.status_code == 416
    with client.head(address) as head:
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "12")


def test_readers_may_be_sent_to_the_bucket(app, client, in_bucket, bucket):
    in_bucket(media_signed=True)
    with app.app_context():
        storage().put(NAME, DATA)
    answer = client.get(f"/media/{NAME}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "public, max-age=1800")
    with urllib.request.urlopen(answer.location, timeout=60) as found:
        assert found.read() == DATA
    policy = dict(part.split(" ", 1) for part in client.get("/").headers["Content-Security-Policy"].split("; "))
    assert policy["img-src"] == f"'self' data: {bucket['s3_endpoint']}"
    assert policy["media-src"] == f"'self' {bucket['s3_endpoint']}"
    assert bucket["s3_endpoint"] not in policy["script-src"]


def test_a_bucket_through_us_is_named_on_no_page(client, in_bucket, bucket):
    assert bucket["s3_endpoint"] not in client.get("/").headers["Content-Security-Policy"]


def test_while_the_bucket_is_away_pages_are_served(client, in_bucket):
    in_bucket(**GONE)
    answer = client.get(f"/media/{NAME}")
    assert (answer.status_code, "存放文件的地方现在连不上" in answer.text) == (503, True)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert client.get("/").status_code == 200


def test_what_goes_wrong_while_a_file_is_on_its_way_breaks_off(app, client, in_bucket, monkeypatch):
    with app.app_context():
        place = storage()
        place.put(NAME, DATA)

        def broken(*_arguments):
            yield DATA[:4]
            raise Unavailable("gone")

        monkeypatch.setattr(place, "read", broken)
    with pytest.raises(Unavailable), client.get(f"/media/{NAME}") as answer:
        assert answer.data != DATA


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_an_upload_while_the_bucket_is_away_leaves_nothing_half_stored(app, client, work, make, login, in_bucket, monkeypatch, calls):
    """The bucket goes away before the first, the second, the third file."""
    with work():
        number = make.account(Role.CORRESPONDENT).id
    with app.app_context():
        place = storage()
    put, gone = place.put, open_storage(app.config["UNIONHALL"].media_url, app.config["UNIONHALL"].model_copy(update=GONE))
    names = []

    def fail_later(name, data):
        names.append(name)
        (put if len(names) <= calls else gone.put)(name, data)

    monkeypatch.setattr(place, "put", fail_later)
    login(client, number)
    token = client.get("/desk/").text.split('name="csrf-token" content="')[1].split('"')[0]
    file = io.BytesIO()
    Image.new("RGB", (1200, 800), "red").save(file, "JPEG")
    file.seek(0)
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    answer = client.post("/desk/media/images", data={"file": (file, "a.jpg")}, headers=headers)
    assert (answer.status_code, "没有存取成功" in answer.json["error"]["message"]) == (503, True)
    assert len(names) == calls + 1
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Asset.__table__)) == 0
        assert list(place.files()) == []
