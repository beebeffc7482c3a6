"""`unionhall doctor`: every rule finds its fault, and a well-kept running site has none."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from unionhall import checks
from unionhall.accounts.second_factor import PURPOSE
from unionhall.backup import making
from unionhall.base import clock, db
from unionhall.base.crypto import seal
from unionhall.checks import files as files_module
from unionhall.checks import running
from unionhall.cli import all_jobs, cli
from unionhall.hooks.types import SYSTEM, Job, Role
from unionhall.news.models import State
from unionhall.platform import audit, jobs, outbox
from unionhall.platform.search import writing
from unionhall.platform.storage import LocalFolder, open_storage, storage

ROOM = 100 * 2**30


@pytest.fixture
def site(app, work, make, monkeypatch, tmp_path):
    """A running site without fault, on a disk with room, its clock right, its worker at work, its last backup fresh."""
    instance = tmp_path / "inst"
    instance.mkdir(mode=0o700)
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update={"instance": instance}))
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(instance / "media"))
    monkeypatch.setattr(running.health, "drift", lambda: 0.0)
    monkeypatch.setattr(running.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(ROOM, 0, ROOM))
    with work():
        make.account(Role.SYSTEM_ADMIN)
        audit.record(making.MADE, "site", actor=SYSTEM, now=clock.now())
    with app.app_context():
        writing.rebuild()
        worked(app)
    return app


def worked(app):
    """Let the worker have been here a moment ago."""
    with app.app_context():
        jobs.run_now(next(job for job in all_jobs() if job.name == "system.outbox"), clock.now())
        db.session().remove()


def found(app, **options):
    with app.app_context():
        findings = checks.examine(**options)
        db.session().remove()
    return {item.id.removeprefix("UH-"): item.problem for item in findings}


@pytest.mark.both
def test_a_well_kept_site_has_nothing(site):
    assert found(site, deep=True) == {}


@pytest.mark.both
def test_a_database_that_takes_no_writes(site, monkeypatch):
    real = db.start_writing

    def read_only():
        real()
        if db.engine().dialect.name == "sqlite":
            db.session().execute(text("PRAGMA query_only = ON"))
        else:
            db.session().execute(text("SET TRANSACTION READ ONLY"))

    monkeypatch.setattr(running.db, "start_writing", read_only)
    try:
        assert list(found(site)) == ["D002"]
    finally:
        with site.app_context():
            db.engine().dispose()


def test_a_database_that_is_gone_is_said_once(site, monkeypatch):
    class Gone:
        dialect = type("Dialect", (), {"name": "postgresql"})

        def connect(self):
            raise running.SQLAlchemyError("connection refused")

    monkeypatch.setattr(running.db, "engine", Gone)
    assert found(site) == {"D001": "数据库连不上：connection refused"}


def test_folders_that_cannot_be_written(site, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setitem(site.config, "UNIONHALL", site.config["UNIONHALL"].model_copy(update={"backup_folder": str(file / "below")}))
    (problem,) = found(site).values()
    assert ("写不了文件" in problem, str(file / "below") in problem) == (True, True)


def test_little_room(site, monkeypatch):
    monkeypatch.setattr(running.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(ROOM, 0, 2**30))
    (problem,) = found(site).values()
    assert "1024 MB" in problem


def test_a_key_that_opens_nothing(site, work, make, monkeypatch):
    with work():
        make.account().totp_sealed = seal(PURPOSE, "JBSWY3DPEHPK3PXP")
    assert found(site) == {}
    monkeypatch.setitem(site.config, "UNIONHALL", site.config["UNIONHALL"].model_copy(update={"secret_key": "another " * 6}))
    assert list(found(site)) == ["D005"]


@pytest.fixture
def picture(site, work, make):
    """Return the name of a stored picture's file."""
    import io

    from PIL import Image

    from unionhall.media import services

    data = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(data, "JPEG")
    with work():
        image = services.store_image(data.getvalue(), "a.jpg", org=make.root, actor=SYSTEM, now=clock.now())
        return image.src.removeprefix("/media/")


def orphan(app, name, *, days):
    with app.app_context():
        storage().put(name, b"1")
        at = (clock.now() - timedelta(days=days, minutes=1)).timestamp()
        os.utime(storage().local(name), (at, at))


@pytest.mark.both
def test_files_that_are_missing_and_files_that_nobody_needs(site, picture):
    assert found(site) == {}
    orphan(site, "aa/fresh.png", days=0)
    assert found(site) == {}, "an upload whose row is about to come is young"
    orphan(site, "aa/old.png", days=1)
    with site.app_context():
        storage().delete(picture)
    assert found(site) == {"D006": f"有文件不见了：1 ({picture})", "D007": "有文件一天多没有人用：1 (aa/old.png)"}


def fixed(app, runner, *options, **more):
    done = runner.invoke(cli, ["doctor", "--fix", "--json", *options], obj=app, catch_exceptions=False, **more)
    return done.exit_code, [item["id"] for item in json.loads(done.stdout)], done.stderr


def test_orphans_are_removed_when_somebody_says_yes(site, runner, picture):
    for n in range(3):
        orphan(site, f"aa/old{n}.png", days=2)
    assert fixed(site, runner, input="n\n")[:2] == (0, ["UH-D007"])
    code, ids, said = fixed(site, runner, input="y\n")
    assert (code, ids, "删除了 3 个文件" in said) == (0, [], True)
    with site.app_context():
        assert storage().exists(picture)
        assert not storage().exists("aa/old0.png")


def test_when_most_files_look_like_orphans_something_else_is_wrong(site, runner):
    for n in range(files_module.FEW + 1):
        orphan(site, f"aa/old{n}.png", days=2)
    _code, ids, said = fixed(site, runner, "--yes")
    assert (ids, "没有删除" in said) == (["UH-D007"], True)


def test_while_a_plugins_code_is_gone_nothing_is_removed(site, runner):
    orphan(site, "aa/old.png", days=2)
    with site.app_context(), db.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version_gone (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version_gone VALUES ('gone_0001')")
    try:
        _code, ids, said = fixed(site, runner, "--yes")
    finally:
        with site.app_context(), db.engine().begin() as connection:
            connection.exec_driver_sql("DROP TABLE alembic_version_gone")
    assert (ids, "gone" in said) == (["UH-S024", "UH-D007"], True)


def test_every_file_that_a_feature_stores_is_named(site, picture):
    with site.app_context():
        assert files_module.compare(clock.now() + timedelta(days=9)).orphans == []
        assert len(list(storage().files())) == 3


def test_an_index_that_is_gone(site):
    from pathlib import Path

    shutil.rmtree(Path(site.extensions["unionhall.search"].index._place.root))
    assert list(found(site)) == ["D008"]


def test_search_that_has_fallen_behind(site, work, at):
    with work():
        outbox.put(writing.TOPIC, {"kind": "article", "id": 1}, now=clock.now())
    at("2026-05-14 09:34")
    worked_elsewhere(site)
    assert found(site) == {}
    at("2026-05-14 09:36")
    worked_elsewhere(site)
    assert found(site) == {"D009": "搜索落后了 0:06:00。"}


def worked_elsewhere(app):
    with app.app_context(), db.unit_of_work() as session:
        session.execute(update(jobs.JobState).values(last_run=clock.now()))


@pytest.mark.both
def test_messages_that_are_parked_are_told_and_tried_again(site, runner, work):
    with work() as session:
        outbox.put("mail", {"to": "a@b.example"}, now=clock.now())
        session.flush()
        session.execute(update(outbox.OutboxMessage).values(tries=outbox.MAX_TRIES, parked_at=clock.now(), error="no"))
    assert found(site) == {"D010": "有消息投递了五次都没有成功，不再投递：mail: 1"}
    code, ids, said = fixed(site, runner, "--yes")
    assert (code, ids, "1 条消息会再投递" in said) == (0, [], True)


def test_a_worker_that_is_away(site, at):
    at("2026-05-14 09:32")
    assert found(site) == {"D011": "worker 不在工作，上一次是：2026-05-14 09:30:00"}
    with site.app_context(), db.unit_of_work() as session:
        session.execute(update(jobs.JobState).values(last_run=None))
    assert found(site) == {"D011": "worker 不在工作，上一次是：从来没有"}


def test_a_job_that_fails(site):
    name = next(job for job in ("system.purges",))
    with site.app_context():
        jobs.run_now(Job(name, "", timedelta(hours=1), lambda now: 1 / 0), clock.now())
        jobs.run_now(Job("gone.job", "", timedelta(hours=1), lambda now: 1 / 0), clock.now())
        db.session().remove()
    assert found(site) == {"D012": "定时任务出错：system.purges: ZeroDivisionError: division by zero"}


@pytest.mark.both
def test_articles_that_are_overdue(site, work, make, at):
    with work():
        make.article(state=State.SCHEDULED)
    at("2026-05-14 10:34")
    worked_elsewhere(site)
    assert "D013" not in found(site)
    at("2026-05-14 10:36")
    worked_elsewhere(site)
    assert found(site)["D013"] == "到时间没有发布的稿件：1 篇"


def test_a_redis_that_is_away(site, monkeypatch):
    monkeypatch.setitem(site.config, "UNIONHALL", site.config["UNIONHALL"].model_copy(update={"redis_url": "redis://127.0.0.1:9/0"}))
    (problem,) = found(site).values()
    assert ("Redis 连不上" in problem, "refused" in problem) == (True, True)


def test_a_redis_that_is_there(site, monkeypatch):
    from unionhall.testing import services
    from unionhall.testing.pytest_plugin import skip_or_fail

    with services.redis() as url:
        if url is None:
            skip_or_fail("no Redis")
        monkeypatch.setitem(site.config, "UNIONHALL", site.config["UNIONHALL"].model_copy(update={"redis_url": url}))
        assert found(site) == {}


@pytest.mark.parametrize(("seconds", "ids"), [(1.9, []), (-2.1, ["D015"]), (3.0, ["D015"])])
def test_a_clock_that_drifts(site, monkeypatch, seconds, ids):
    monkeypatch.setattr(running.health, "drift", lambda: seconds)
    assert list(found(site)) == ids


def test_a_backup_that_is_old(site, at):
    at("2026-05-16 09:29")
    worked_elsewhere(site)
    assert found(site) == {}
    at("2026-05-16 09:31")
    worked_elsewhere(site)
    assert found(site) == {"D016": "上一次备份是：2026-05-14 09:30"}


def test_no_backup_at_all(app, site, monkeypatch):
    monkeypatch.setattr(running.keeping, "last_made", lambda: None)
    assert found(site) == {"D016": "上一次备份是：从来没有"}


def test_a_bucket_that_does_not_answer_is_said_by_check_and_doctor(site, runner, bucket, monkeypatch):
    kept = site.config["UNIONHALL"]

    def use(**settings):
        config = kept.model_copy(update=bucket | settings)
        monkeypatch.setitem(site.config, "UNIONHALL", config)
        monkeypatch.setitem(site.extensions, "unionhall.storage", open_storage(config.media_url, config))

    use()
    assert found(site) == {}
    use(s3_endpoint="http://127.0.0.1:9")
    assert "s3_endpoint" in found(site)["D017"]
    use(media_url="s3://no-such-bucket")
    assert "media_url" in found(site)["D017"]
    done = runner.invoke(cli, ["check", "--json"], obj=site)
    assert (done.exit_code, [item["id"] for item in json.loads(done.stdout.splitlines()[-1])]) == (1, ["UH-D017"])


def test_a_damaged_database_is_found_by_reading_it_through(site):
    with site.app_context():
        other = sqlite3.connect(db.engine().url.database)
    other.execute("PRAGMA foreign_keys = OFF")
    other.execute("UPDATE accounts_account SET org_id = 999")
    other.commit()
    other.close()
    assert found(site) == {}
    assert found(site, deep=True) == {"D018": "数据库文件有损坏：accounts_account → orgs_org"}


def test_a_broken_audit_chain(site):
    with site.app_context(), db.engine().begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("UPDATE audit_entry SET event = '{}' WHERE n = 2")
    assert found(site) == {}
    assert found(site, deep=True) == {"D019": "操作记录的链断了：第 2 条（altered）"}


def test_a_rule_that_fails_itself_is_a_finding_and_silences_no_other(site, monkeypatch, at):
    at("2026-05-14 09:32")
    monkeypatch.setattr(running.shutil, "disk_usage", lambda path: 1 / 0)
    assert found(site) == {"D004": "这一项没有查成：ZeroDivisionError: division by zero", "D011": "worker 不在工作，上一次是：2026-05-14 09:30:00"}


def test_the_command_says_what_to_do_and_fails_on_errors(site, runner, at):
    done = runner.invoke(cli, ["doctor"], obj=site, catch_exceptions=False)
    assert (done.exit_code, done.output) == (0, "0 findings\n")
    at("2026-05-14 09:32")
    done = runner.invoke(cli, ["doctor"], obj=site, catch_exceptions=False)
    assert (done.exit_code, "UH-D011 error" in done.output, "unionhall worker" in done.output) == (1, True, True)
