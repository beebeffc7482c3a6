"""What the worker does: each export once, whatever becomes of the worker, the rights or the wish for it."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

sys.path.insert(0, str(Path(__file__).parent))
from conftest import opened, start

from unionhall.accounts.models import Account, AccountGrant
from unionhall.base import clock, db
from unionhall.exports import files, running, services, writing
from unionhall.exports.models import Export
from unionhall.hooks.types import SYSTEM
from unionhall.members import looks
from unionhall.members.models import Look
from unionhall.orgs.models import Org
from unionhall.orgs.services import merge_org
from unionhall.platform.access import unscoped


@pytest.fixture
def many(listing):
    """Make the list too long to be written at once."""
    listing.rows = [(f"33019919880501{n:04d}", f"会员{n}", None, n) for n in range(services.AT_ONCE + 1)]
    return listing


@pytest.mark.both
def test_a_long_list_is_written_in_the_background(desk, house, many, worker, row, app):
    browser = desk(house["admin"])
    assert "2,000 行以上" in browser.get("/desk/exports/new?source=test.people").text
    address = start(browser, query="&q=王").location
    assert "排队中" in browser.get(address).text
    assert browser.get(f"{address}progress").json["state"] == "waiting"
    assert "王" not in row(address).filters_sealed
    assert browser.post(f"{address}file").status_code == 404
    worker()
    found = row(address)
    assert (found.state, found.rows, found.lease, found.filters_sealed) == ("done", len(many.rows), "", "")
    assert many.asked[-1][2] == {"q": "王"}
    lines = opened(browser.post(f"{address}file"))
    assert [line[3] for line in lines[1 : len(many.rows) + 1]] == list(range(len(many.rows)))
    with app.app_context():
        assert [path.name for path in files.folder().iterdir() if found.token in path.name] == [f"{found.token}.xlsx"]


@pytest.mark.both
def test_looks_are_noted_with_the_read(desk, house, many, worker, row, work, make, monkeypatch):
    with work() as session:
        member = make.member(session.get(Org, house["city"])).id

    def note(actor):
        looks.note([member], what="export", why="测试", actor=actor, org_id=None, now=clock.now())

    many.noting = note
    browser = desk(house["admin"])
    address = start(browser, full="y", agreed="y").location
    finish = running._finish

    def fail(*_args):
        raise OSError("no room")

    monkeypatch.setattr(running, "_finish", fail)
    worker()
    assert row(address).state == "failed"
    with work() as session:
        assert [look.member_id for look in session.scalars(select(Look))] == [member], "there is no file, but it was read"
    monkeypatch.setattr(running, "_finish", finish)
    address = start(browser, full="y", agreed="y").location
    worker()
    assert row(address).state == "done"
    with work() as session:
        assert [look.member_id for look in session.scalars(select(Look))] == [member, member]


@pytest.mark.both
@pytest.mark.parametrize("ended", ["grant", "account"])
def test_a_right_that_ended_meanwhile_stops_it(desk, house, many, worker, row, work, app, ended):
    address = start(desk(house["admin"])).location
    with work() as session:
        if ended == "grant":
            session.execute(update(AccountGrant).where(AccountGrant.account_id == house["admin"]).values(revoked_at=clock.now()))
        else:
            session.execute(update(Account).where(Account.id == house["admin"]).values(disabled_at=clock.now()))
    worker()
    found = row(address)
    assert (found.state, found.filters_sealed) == ("failed", "")
    assert "没有导出这份清单的权限" in found.error
    with app.app_context():
        assert not [path for path in files.folder().iterdir() if found.token in path.name]


@pytest.mark.both
def test_cancelled_while_it_is_written(desk, house, many, worker, row, work, app, make):
    browser = desk(house["admin"])
    address = start(browser).location
    number = int(address.strip("/").split("/")[-1])

    def cancel(at):
        if at == writing.TELL_EVERY - 1:
            thread = threading.Thread(target=send)
            thread.start()
            thread.join()

    def send():
        with app.app_context(), db.unit_of_work() as session:
            export = session.scalars(unscoped(select(Export).where(Export.id == number), why="test")).one()
            account = session.scalars(unscoped(select(Account).where(Account.id == house["admin"]), why="test")).one()
            services.cancel(export, actor=make.actor_of(account), now=clock.now())

    many.during = cancel
    worker()
    found = row(address)
    assert found.state == "cancelled"
    with app.app_context():
        assert not [path for path in files.folder().iterdir() if found.token in path.name]
    assert browser.post(f"{address}cancel").status_code == 409
    assert "没有生成文件" in browser.get(address).text


def test_a_dead_workers_export_begins_again(desk, house, many, worker, row, at):
    browser = desk(house["admin"])
    address = start(browser).location

    def die(number):
        if number == 100:
            raise SystemExit

    many.during = die
    with pytest.raises(SystemExit):
        worker()
    many.during = None
    assert row(address).state == "running"
    worker()
    assert row(address).state == "running", "the lease still holds"
    at("2026-05-14 09:32")
    worker()
    found = row(address)
    assert (found.state, found.rows, found.tries) == ("done", len(many.rows), 2)


def test_a_worker_that_is_told_to_stop_gives_it_back(desk, house, many, worker, row, monkeypatch):
    address = start(desk(house["admin"])).location
    monkeypatch.setattr(running.jobs, "asked_to_stop", iter([False, True, True]).__next__)
    worker()
    found = row(address)
    assert (found.state, found.tries, found.lease) == ("waiting", 0, "")
    monkeypatch.undo()


@pytest.mark.both
def test_two_workers_write_it_once(desk, house, many, row, app):
    address = start(desk(house["admin"])).location
    taken, gate = [], threading.Barrier(2)

    def take():
        with app.app_context():
            gate.wait()
            taken.append(running.take(clock.now()))
            db.session().remove()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [item for item in taken if item]
    assert len(held) == 1
    with app.app_context():
        running.run(held[0])
        running.run(replace(held[0], lease="another"))
        db.session().remove()
    assert (row(address).state, row(address).tries) == ("done", 1)


@pytest.mark.parametrize("full", [False, True])
def test_a_list_without_end_is_refused(desk, house, many, worker, row, monkeypatch, full):
    monkeypatch.setattr(writing, "MOST_FULL" if full else "MOST_ROWS", 1500)
    browser = desk(house["admin"])
    address = start(browser, **({"full": "y", "agreed": "y"} if full else {})).location
    worker()
    assert row(address).state == "failed"
    assert "最多" in browser.get(address).text
    assert "1,500" in browser.get(address).text


def test_three_at_a_time(desk, house, many):
    browser = desk(house["admin"])
    for _ in range(3):
        assert start(browser).status_code == 303
    assert start(browser).status_code == 422


def test_after_a_merger_the_log_is_with_the_one_that_stays(desk, house, listing, work):
    address = start(desk(house["admin"])).location
    with work() as session:
        merge_org(session.get(Org, house["city"]), session.get(Org, house["other"]), actor=SYSTEM, now=clock.now())
    assert desk(house["neighbour"]).get(address).status_code == 200


@pytest.mark.both
def test_the_database_refuses_what_cannot_be(work, house):
    row = {"org_id": house["city"], "source": "x", "label": "x", "format": "csv", "purpose": "给谁看", "token": "t", "created_by": house["admin"],
           "created_at": clock.now()}  # fmt: skip
    for wrong in ({"format": "pdf"}, {"purpose": ""}, {"state": "lost"}, {"state": "running"}, {"lease": "x"}):
        with pytest.raises(db.IntegrityError), work() as session:
            session.execute(insert(Export).values(**row | wrong))
