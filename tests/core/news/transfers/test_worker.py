"""What the worker does: each transfer once, whatever becomes of the worker, the rights or the files."""

from __future__ import annotations

import io
import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "exchange"))
from uploads import articles, files_of, row, wxr

from unionhall.accounts.models import AccountGrant
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news.transfers import files, running, services, steps
from unionhall.news.transfers.models import Transfer, TransferLine
from unionhall.orgs.models import OrgKind
from unionhall.orgs.services import merge_org
from unionhall.platform.access import unscoped


def test_cancelled_before_it_began_and_while_it_runs(desk, house, send, worker, work, app, monkeypatch):
    browser = desk(house["chief"])
    waiting = send(browser, wxr())
    assert browser.post(f"{waiting}cancel").status_code == 303
    worker()
    assert (row(work, waiting).state, row(work, waiting).done) == ("cancelled", 0)
    assert files_of(app, work, waiting) == []
    address = send(browser, wxr(60))
    worker()
    browser.post(f"{address}apply")
    between, seen = steps.Importing._between, []

    def cancelling(self, done):
        between(self, done)
        seen.append(done)
        if len(seen) == 1:
            with db.unit_of_work() as session:
                found = session.scalars(unscoped(select(Transfer).where(Transfer.id == self.held.id), why="test")).one()
                services.cancel(found, actor=self.plan.actor, now=clock.now())

    monkeypatch.setattr(steps.Importing, "_between", cancelling)
    worker()
    found = row(work, address)
    assert (found.state, found.done, found.created) == ("cancelled", 25, 25)
    assert len(articles(work)) == 25, "what was in by then stays, and nothing comes after"
    assert browser.post(f"{address}cancel").status_code == 409


@pytest.mark.both
def test_a_dead_workers_transfer_goes_on_where_it_was(desk, house, send, worker, work, app, at, monkeypatch):
    browser = desk(house["chief"])
    address = send(browser, wxr(60))
    worker()
    browser.post(f"{address}apply")

    def die(self, done):
        if done >= 50:
            raise SystemExit

    between = steps.Importing._between
    monkeypatch.setattr(steps.Importing, "_between", die)
    with pytest.raises(SystemExit):
        worker()
    monkeypatch.setattr(steps.Importing, "_between", between)
    found = row(work, address)
    assert (found.state, found.done, found.created) == ("running", 50, 50)
    worker()
    assert row(work, address).state == "running", "the lease still holds"
    at("2026-05-14 09:33")
    worker()
    found = row(work, address)
    assert (found.state, found.done, found.created, found.skipped, found.problems) == ("done", 60, 60, 0, 0)
    with work() as session:
        made = session.scalars(select(TransferLine.article_id).where(TransferLine.transfer_id == found.id, TransferLine.kind == "created")).all()
        assert len(set(made)) == len(made) == 60


def test_a_worker_that_is_told_to_stop_leaves_off_and_the_next_goes_on(desk, house, send, worker, work, monkeypatch):
    browser = desk(house["chief"])
    address = send(browser, wxr(60))
    worker()
    browser.post(f"{address}apply")
    stop = []
    monkeypatch.setattr("unionhall.platform.jobs.asked_to_stop", lambda: bool(stop))
    between = steps.Importing._between
    monkeypatch.setattr(steps.Importing, "_between", lambda self, done: (stop.append(1), between(self, done)))
    worker()
    found = row(work, address)
    assert (found.state, found.done, found.lease, found.tries) == ("waiting", 25, "", 0)
    stop.clear()
    monkeypatch.setattr(steps.Importing, "_between", between)
    worker()
    assert (row(work, address).state, row(work, address).created) == ("done", 60)


def test_one_that_kills_every_worker_is_given_up(desk, house, send, worker, work, at, monkeypatch):
    browser = desk(house["chief"])
    address = send(browser, wxr())
    go = steps.Importing.go
    monkeypatch.setattr(steps.Importing, "go", lambda self: (_ for _ in ()).throw(SystemExit))
    for number in range(5):
        at(f"2026-05-14 1{number}:00")
        with pytest.raises(SystemExit):
            worker()
    monkeypatch.setattr(steps.Importing, "go", go)
    at("2026-05-14 15:00")
    worker()
    found = row(work, address)
    assert found.state == "failed"
    assert "试了 5 次" in found.error


def test_rights_are_judged_again_when_the_worker_begins(desk, house, send, worker, work):
    address = send(desk(house["chief"]), wxr())
    with work() as session:
        session.scalars(select(AccountGrant).where(AccountGrant.account_id == house["chief"])).one().revoked_at = clock.now()
    worker()
    found = row(work, address)
    assert (found.state, "没有整批导入和导出的权限" in found.error) == ("failed", True)


@pytest.mark.postgres
def test_several_workers_do_everything_once(desk, house, send, app, work):
    browser = desk(house["chief"])
    sent = [send(browser, wxr(10)), send(browser, wxr(30)), browser.post("/desk/news/transfer/export", format="jsonl", org_id=house["org"], purpose="存").location]
    gate, taken = threading.Barrier(4), []

    def one():
        with app.app_context():
            gate.wait()
            while held := running.take(clock.now()):
                taken.append(held.id)
                running.run(held)
            db.session().remove()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(row(work, address).id for address in sent)
    assert [row(work, address).state for address in sent] == ["tried", "tried", "done"]


def test_clearing_up_takes_strays_and_old_reports(desk, house, send, worker, work, app, at):
    browser = desk(house["chief"])
    address = send(browser, wxr())
    worker()
    with app.app_context():
        files.keep("stray", files.UPLOAD, io.BytesIO(b"x"))
        files.clear(clock.now() + timedelta(hours=1))
        assert files.folder("stray").exists()
        old = (clock.now() - timedelta(days=2)).timestamp()
        os.utime(files.folder("stray"), (old, old))
        files.clear(clock.now())
        assert not files.folder("stray").exists()
        assert files.folder(row(work, address).token).exists()
        files.clear(clock.now() + timedelta(days=8))
        assert not files.folder(row(work, address).token).exists()
        assert db.session().query(TransferLine).count() == 3
        files.clear(clock.now() + timedelta(days=91))
        assert db.session().query(TransferLine).count() == 0
    at("2026-05-23 09:00")
    assert desk(house["chief"]).post(f"{address}apply").status_code == 422


def test_transfers_follow_a_merger(desk, house, send, work, make):
    with work():
        district = make.org(make.root, OrgKind.CITY, name="撤并市总工会")
        chief, number, org = make.account(Role.CHIEF_EDITOR, district).id, district.id, type(district)
    address = send(desk(chief), wxr(), org_id=str(number))
    with work() as session:
        merge_org(session.get(org, number), session.get(org, house["org"]), actor=SYSTEM, now=clock.now())
    assert row(work, address).org_id == house["org"]
