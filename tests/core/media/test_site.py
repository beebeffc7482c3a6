"""Uploaded files as readers get them."""

from __future__ import annotations

import pytest
from media_samples import find, jpeg

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.media import files, replacing, services
from unionhall.platform import outbox
from unionhall.platform.storage import storage

NAME = "ab/abcdef0123-480.webp"


@pytest.fixture
def address(app):
    """Return the address of a stored file."""
    with app.app_context():
        storage().put(NAME, b"RIFFxxxxWEBP")
    return f"/media/{NAME}"


def test_a_picture_is_kept_for_ever_and_can_do_nothing(client, address):
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert answer.data == b"RIFFxxxxWEBP"
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
