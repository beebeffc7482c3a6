"""Uploaded files as readers get them."""

from __future__ import annotations

import pytest

from unionhall.platform.storage import storage

NAME = "ab/abcdef0123-480.webp"


@pytest.fixture
def stored(app):
    """Return the address of a stored file."""
    with app.app_context():
        storage().put(NAME, b"RIFFxxxxWEBP")
    return f"/media/{NAME}"


def test_a_picture_is_kept_for_ever_and_can_do_nothing(client, stored):
    with client.get(stored) as answer:
        assert answer.status_code == 200
        assert answer.data == b"RIFFxxxxWEBP"
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        tag = answer.headers["ETag"]
    with client.get(stored, headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304


WRONG = [
    "ab/abcdef0123-960.webp", "ab/nothing.svg", "ab/page.html", "../secret.key", "AB/X.webp", "ab/%2e%2e%2fsecret.key",
    "ab/.part-x.webp",
]  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_picture_of_ours_is_not_found(client, stored, name):
    assert client.get(f"/media/{name}").status_code == 404
