"""A city with accounts to export, a neighbour, a list of our own, a worker, and ways to read what was written."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.exports import running, sources
from unionhall.exports.models import Export
from unionhall.hooks.reporting import ExportSource
from unionhall.hooks.types import Role
from unionhall.platform.access import unscoped


@pytest.fixture
def house(work, make):
    """A city with an administrator, an auditor and an editor, and a neighbour with an administrator of its own."""
    with work():
        city, other = make.org(name="青禾市总工会", slug="qinghe"), make.org(name="邻市总工会", slug="lin")
        return {
            "admin": make.account(Role.ORG_ADMIN, city, name="方禾").id, "colleague": make.account(Role.ORG_ADMIN, city, name="赵穗").id,
            "auditor": make.account(Role.AUDITOR, city, name="温予").id, "editor": make.account(Role.EDITOR, city, name="林夏").id,
            "neighbour": make.account(Role.ORG_ADMIN, other, name="邻居").id, "city": city.id, "other": other.id,
        }  # fmt: skip


class List:
    """A list of our own: what it yields, and what it was asked for."""

    def __init__(self):
        self.rows, self.asked, self.during, self.noting = [], [], None, None

    def read(self, actor, scope, filters):
        self.asked.append((actor.account_id, scope, dict(filters)))
        if self.noting and filters.get("full"):
            self.noting(actor)
        for number, row in enumerate(self.rows, 1):
            yield row if filters.get("full") else [cell if place else str(cell)[:3] + "***" for place, cell in enumerate(row)]
            if self.during:
                self.during(number)


@pytest.fixture
def listing(monkeypatch):
    """Return a source "test.people" that any account's reader may take, and with the right to it unmasked."""
    found = List()
    source = ExportSource("test.people", "测试名单", "accounts.read", lambda _filters: ["证件号", "姓名", "生日", "次数"], found.read,
                          full=sources.FULL)  # fmt: skip
    collect = sources.collect
    monkeypatch.setattr(sources, "collect", lambda hook: [*collect(hook), source])
    found.rows = [("330199198805010019", "王=禾", date(1988, 5, 1), 3)]
    return found


@pytest.fixture
def worker(app):
    """Return a function that lets the worker do what waits."""

    def run():
        with app.app_context():
            running.work(clock.now())
            db.session().remove()

    return run


@pytest.fixture
def row(work):
    """Return a function that reads an export's row by its address."""

    def read(address):
        number = int(address.strip("/").split("/")[-1])
        with work() as session:
            found = session.scalars(unscoped(select(Export).where(Export.id == number), why="test")).one()
            session.expunge(found)
            return found

    return read


def start(browser, source="test.people", query="", **values):
    """Ask for an export; returns the answer."""
    fields = {"purpose": "制作初赛准考证", "format": "xlsx"} | values
    return browser.post(f"/desk/exports/new?source={source}{query}", **fields)


def opened(answer):
    """Return the rows of a spreadsheet that was collected."""
    data = answer.get_data()
    answer.close()
    if answer.mimetype == "text/csv":
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
