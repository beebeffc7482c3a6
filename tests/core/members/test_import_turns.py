"""Imports that meet: killed in the middle, two at once, somebody else in between; nothing doubles, nothing is half there."""

from __future__ import annotations

import json
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parent))
from unionhall.base import clock, db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.members import roster
from unionhall.members.cli import imports
from unionhall.members.imports import applying, queries, running, services
from unionhall.members.models import Member, Membership
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall.testing.rosters import comma_separated, person_number, workbook


def people(count, start=0):
    return [(f"会员甲{chr(0x4E00 + at)}", person_number(start + at)) for at in range(count)]


@pytest.mark.both
def test_killed_in_the_middle_nothing_is_applied_and_another_worker_does_it(desk, house, send, worker, state, everybody, app, at, monkeypatch):
    browser = desk(house.admin)
    address = send(browser, comma_separated(people(2500)), "a.csv")
    worker()
    browser.post(f"{address}apply")
    write, seen = applying._write, []

    def die(plan, planned):
        write(plan, planned)
        seen.append(len(planned))
        if len(seen) == 2:
            raise SystemExit

    monkeypatch.setattr(applying, "_write", die)
    with pytest.raises(SystemExit):
        worker()
    assert seen == [1000, 1000]
    assert everybody() == 0
    assert state(address).state == "running"
    monkeypatch.undo()
    worker()
    assert state(address).state == "running", "its lease still holds"
    at("2026-05-14 09:32")
    worker()
    assert state(address).state == "done"
    assert everybody() == 2500


@pytest.mark.both
def test_two_imports_of_the_same_people_at_once_never_double(house, app, work, everybody, tmp_path):
    from unionhall.members.imports import files

    ids = []
    for _each in range(2):
        token = services.new_token()
        with app.app_context():
            path = tmp_path / "roster.csv"
            path.write_bytes(comma_separated(people(1200)))
            with path.open("rb") as source:
                files.keep(token, source)
        with work() as session:
            ids.append(services.ask(session.get(Org, house.district), token=token, file_name="a.csv", actor=SYSTEM, now=clock.now()).id)
    with app.app_context():
        running.work(clock.now())
    with work():
        for import_id in ids:
            services.apply(queries.get(import_id, SYSTEM), actor=SYSTEM, now=clock.now())
    barrier, crashed = threading.Barrier(2), []

    def go(import_id):
        with app.app_context():
            try:
                held = running.take(clock.now(), import_id)
                barrier.wait()
                running.run(held)
            except Exception as error:
                crashed.append(error)
            finally:
                db.session().remove()

    threads = [threading.Thread(target=go, args=(import_id,)) for import_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crashed == []
    assert everybody() == 1200
    with work() as session:
        assert session.scalars(unscoped(select(func.count(Membership.id)), why="test")).one() == 1200
        counts = [queries.get(import_id, SYSTEM).counts for import_id in ids]
        assert sorted(count.get("new", 0) for count in counts) == [0, 1200]


def test_who_came_onto_the_roster_between_trying_and_applying_is_left_alone(desk, house, send, worker, state, work, make, roster):
    browser = desk(house.admin)
    address = send(browser, workbook([("一号", person_number(1)), ("二号", person_number(2))]))
    worker()
    with work() as session:
        make.member(session.get(Org, house.other), name="一号", id_number=person_number(1))
    browser.post(f"{address}apply")
    worker()
    assert (state(address).counts["new"], state(address).counts["conflict"]) == (1, 1)
    assert roster()["一号"][0] == house.other


def test_rights_that_end_meanwhile_stop_the_import(desk, house, send, worker, state, work, everybody):
    from unionhall.accounts.models import AccountGrant

    browser = desk(house.admin)
    address = send(browser, workbook([("一号", person_number(1))]))
    worker()
    browser.post(f"{address}apply")
    with work() as session:
        grant = session.scalars(select(AccountGrant).where(AccountGrant.account_id == house.admin)).one()
        grant.revoked_at = clock.now() - timedelta(seconds=1)
    worker()
    assert state(address).state == "failed"
    assert "没有导入会员的权限" in state(address).error
    assert everybody() == 0


def test_the_command_imports_reports_and_writes_nothing_when_dry(app, runner, house, tmp_path, everybody, work):
    file = tmp_path / "roster.csv"
    file.write_bytes(comma_separated([("一号", person_number(1)), ("坏", "123"), ("二号", person_number(2), "13900000001")], "gb18030"))
    with work() as session:
        slug = session.get(Org, house.one).slug

    def run(*arguments, path=file, org=slug):
        with app.app_context():
            result = runner.invoke(imports, ["roster", str(path), "--org", org, "--json", *arguments])
            db.session().remove()
        if result.exception is not None:
            raise result.exception
        return json.loads(result.output)

    told = run("--dry-run")
    assert {name: told[name] for name in ("created", "updated", "skipped")} == {"created": 2, "updated": 0, "skipped": 0}
    assert [(problem["line"], problem["code"]) for problem in told["problems"]] == [(3, "id-length")]
    assert everybody() == 0
    assert run()["created"] == 2
    assert everybody() == 2
    again = run()
    assert (again["created"], again["skipped"]) == (0, 2)
    with pytest.raises(RuleBroken):
        run(path=tmp_path / "none.csv")
    with pytest.raises(NotFound):
        run(org="no-such-org")


@pytest.mark.both
def test_many_are_enrolled_quickly_each_once(house, work, everybody):
    rows = [roster.Enrolment(house.one, name, number, mobile="13900000001") for name, number in people(2300)]
    with work():
        made = roster.enrol_many([*rows, rows[0]], actor=SYSTEM, now=clock.now())
    assert len(made) == len(set(made)) == 2300
    with work():
        assert roster.enrol_many(rows[:5], actor=SYSTEM, now=clock.now()) == []
    assert everybody() == 2300
    with work() as session:
        assert session.scalars(unscoped(select(Member.name).where(Member.id == made[0]), why="test")).one() == rows[0].name
