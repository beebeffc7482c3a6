"""A city with its newsroom, a worker, and somebody who uploads."""

from __future__ import annotations

import io

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import Role
from unionhall.news.transfers import running


@pytest.fixture
def house(work, make):
    """A city with a chief editor and an editor, and a neighbour with a chief editor of its own."""
    with work():
        city, other = make.org(name="青禾市总工会", slug="qinghe"), make.org(name="邻市总工会", slug="lin")
        return {
            "chief": make.account(Role.CHIEF_EDITOR, city, name="温予").id, "colleague": make.account(Role.CHIEF_EDITOR, city).id,
            "editor": make.account(Role.EDITOR, city).id, "neighbour": make.account(Role.CHIEF_EDITOR, other).id,
            "org": city.id, "other": other.id, "section": make.section(slug="jiceng", name="基层").id,
        }  # fmt: skip


@pytest.fixture
def worker(app):
    """Return a function that lets the worker do what waits."""

    def run():
        with app.app_context():
            running.work(clock.now())
            db.session().remove()

    return run


@pytest.fixture
def send(house):
    """Return a function that uploads a file in a browser and gives the transfer's address."""

    def upload(browser, data, form="wxr", name="export.xml", media=None, **values):
        fields = {"format": form, "org_id": str(house["org"]), "section_id": str(house["section"]), "file": (io.BytesIO(data), name)}
        if media is not None:
            fields["media"] = (io.BytesIO(media), "media.zip")
        answer = browser.post("/desk/news/transfer/import", **fields | values)
        assert answer.status_code == 303, answer.text
        return answer.location

    return upload
