"""`unionhall backup` and `unionhall restore` as an administrator uses them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from unionhall.backup import keeping, making, restoring, returning
from unionhall.backup.cli import backup_commands
from unionhall.backup.cli import restore as restore_command
from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.hooks.types import Role
from unionhall.host import migrations
from unionhall.news.models import Article
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.platform.storage import open_storage, storage


@pytest.fixture
def run(runner):
    """Return `run(app, command, *arguments)`: what it prints; what it refuses is raised as the command's main sees it."""

    def invoke(app, command, *arguments, code=0, **options):
        with app.app_context():
            done = runner.invoke(command, [str(argument) for argument in arguments], **options)
            db.session().remove()
        if isinstance(done.exception, UnionHallError):
            raise done.exception
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if "--json" in arguments else done.output

    return invoke


def articles(app):
    with app.app_context():
        counted = db.session().scalar(unscoped(select(func.count()).select_from(Article), why="test"))
        db.session().remove()
        return counted


@pytest.mark.both
def test_from_a_backup_to_a_site_in_words(site, elsewhere, run, tmp_path, database):
    file = tmp_path / "site.tar"
    said = run(site, backup_commands, file)
    assert ("备份好了" in said, "没有站点的密钥" in said, "4 个文件" in said) == (True, True, True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "完好" in run(site, backup_commands, "verify", file)
    target = elsewhere(database)
    said = run(target, restore_command, file)
    assert ("逐行核对一致" in said, "4 个文件，1 个模板" in said, "重新登录" in said) == (True, True, True)
    assert "secret.key" not in said, "the keys are the same"
    assert (target.config["UNIONHALL"].instance / "templates" / "site" / "home.html").read_text("utf-8") == "{# 自己的首页 #}"
    assert articles(target) == articles(site)


def test_for_programs(site, elsewhere, run, tmp_path):
    file = tmp_path / "site.tar"
    made = run(site, backup_commands, file, "--json")
    assert (made["file"], made["files"], made["with_keys"], made["noted"], made["removed"]) == (str(file), 4, False, True, [])
    found = run(site, backup_commands, "verify", file, "--json")
    assert (found["ok"], found["own"], found["sha256"], found["rows"]) == (True, True, made["sha256"], made["rows"])
    back = run(elsewhere(), restore_command, file, "--json")
    assert (back["rows"], back["files"], back["templates"], back["aside"], back["unknown"]) == (made["rows"], 4, 1, {}, [])


def test_what_is_wrong_is_said_by_its_exit_code(site, run, tmp_path):
    file = tmp_path / "site.tar"
    run(site, backup_commands, file)
    with pytest.raises(making.Conflict):
        run(site, backup_commands, file)
    file.write_bytes(file.read_bytes()[:-5000])
    with pytest.raises(UnionHallError) as error:
        run(site, backup_commands, "verify", file)
    assert (error.value.exit_code, error.value.code) == (3, "backup-refused")
    with pytest.raises(UnionHallError) as error:
        run(site, backup_commands, "verify", tmp_path / "nothing.tar")
    assert error.value.code == "file-unreadable"
    assert "--keep" in run(site, backup_commands, tmp_path / "b.tar", "--keep", 3, code=2)


def test_overwriting_asks_for_the_databases_name(site, run, tmp_path):
    file = tmp_path / "site.tar"
    run(site, backup_commands, file)
    with site.app_context():
        name = restoring.database_name()
    with pytest.raises(UnionHallError) as error:
        run(site, restore_command, file, "--force", input="yes\n")
    assert error.value.code == "not-confirmed"
    assert f"数据库“{name}”" in run(site, restore_command, file, "--force", input=f"{name}\n")


def test_templates_of_another_key_are_left_until_somebody_says_so(site, elsewhere, run, tmp_path):
    """A template runs on the server: only an archive that was signed with a key of ours may bring one."""
    file, target = tmp_path / "site.tar", elsewhere(secret_key="another key " * 4)
    run(site, backup_commands, file)
    instance = target.config["UNIONHALL"].instance
    said = run(target, restore_command, file)
    assert ("1 个模板没有恢复" in said, "secret.key" in said, (instance / "templates").exists()) == (True, True, False)
    back = run(target, restore_command, file, "--finish", "--templates", "--json")
    assert (back["templates"], back["own"], (instance / "templates" / "site" / "home.html").exists()) == (1, False, True)


def test_a_template_that_lies_there_is_the_sites(site, elsewhere, run, tmp_path):
    file, target = tmp_path / "site.tar", elsewhere()
    run(site, backup_commands, file)
    own = target.config["UNIONHALL"].instance / "templates" / "site" / "home.html"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    assert run(target, restore_command, file, "--json")["templates"] == 0
    assert own.read_text() == "mine"


def test_keys_come_and_go_only_when_asked_for(site, elsewhere, run, tmp_path, monkeypatch):
    monkeypatch.setitem(site.config, "UNIONHALL", site.config["UNIONHALL"].model_copy(update={"old_secret_keys": ("older",)}))
    file, target = tmp_path / "keys.tar", elsewhere(secret_key="")
    assert "像保管密钥一样" in run(site, backup_commands, file, "--with-keys")
    instance = target.config["UNIONHALL"].instance
    own = (instance / "secret.key").read_text()
    said = run(target, restore_command, file)
    assert ("--with-keys" in said, (instance / "secret.key").read_text() == own) == (True, True)
    back = run(target, restore_command, file, "--finish", "--with-keys", "--json")
    assert back["keys"] == [str(instance / "secret.key"), str(instance / "restored-keys.cfg")]
    assert (instance / "secret.key").read_text() == site.config["UNIONHALL"].secret_key
    assert (instance / "restored-keys.cfg").read_text() == 'old_secret_keys = ["older"]\n'
    assert {path.stat().st_mode & 0o777 for path in (instance / "secret.key", instance / "restored-keys.cfg")} == {0o600}
    plain = tmp_path / "plain.tar"
    run(site, backup_commands, plain)
    empty = elsewhere()
    with pytest.raises(UnionHallError) as error:
        run(empty, restore_command, plain, "--with-keys")
    assert error.value.code == "backup-no-keys"
    with empty.app_context(), db.snapshot() as connection:
        assert restoring.tables.names(connection) == [], "asked for before anything was written"


def test_files_that_went_missing_are_put_back_while_the_site_is_at_work(site, run, tmp_path, client, login, work, make):
    file = tmp_path / "site.tar"
    run(site, backup_commands, file)
    with work():
        number = make.account(Role.SYSTEM_ADMIN).id
    login(client, number)
    with site.app_context():
        gone = next(storage().files()).name
        storage().delete(gone)
    said = run(site, restore_command, file, "--only-files")
    assert ("4 个文件" in said, "重新登录" in said) == (True, False)
    with site.app_context():
        assert storage().exists(gone)
    assert client.get("/desk/").status_code == 200, "nobody was logged out"


def test_a_key_that_was_set_by_hand_is_not_touched(site, elsewhere, run, tmp_path):
    file, target = tmp_path / "keys.tar", elsewhere(secret_key="set by hand " * 4)
    run(site, backup_commands, file, "--with-keys")
    back = run(target, restore_command, file, "--with-keys", "--json")
    (path,) = back["keys"]
    assert path.endswith("restored-keys.cfg")
    assert f"secret_key = {site.config['UNIONHALL'].secret_key}" in Path(path).read_text()


def test_files_go_to_a_bucket(site, elsewhere, run, tmp_path, bucket):
    file, target = tmp_path / "site.tar", elsewhere(**bucket)
    run(site, backup_commands, file)
    assert run(target, restore_command, file, "--json")["files"] == 4
    with site.app_context():
        here = {item.name: b"".join(storage().read(item.name)) for item in storage().files()}
    with target.app_context():
        assert {item.name: b"".join(storage().read(item.name)) for item in storage().files()} == here
        assert storage().kind == "s3"
    again = tmp_path / "from-bucket.tar"
    assert run(target, backup_commands, again, "--json")["files"] == 4


def test_a_restore_that_broke_off_among_the_files_is_finished(site, elsewhere, run, tmp_path, monkeypatch, bucket):
    file, target = tmp_path / "site.tar", elsewhere()
    run(site, backup_commands, file)
    gone = target.config["UNIONHALL"].model_copy(update=bucket | {"s3_endpoint": "http://127.0.0.1:9"})
    monkeypatch.setitem(target.extensions, "unionhall.storage", open_storage(gone.media_url, gone))
    with pytest.raises(UnionHallError) as error:
        run(target, restore_command, file)
    assert error.value.code == "storage-unreachable"
    assert articles(target) == articles(site)
    monkeypatch.undo()
    back = run(target, restore_command, file, "--finish", "--json")
    assert (back["files"], "rows" in back) == (4, False)
    assert run(target, restore_command, file, "--finish", "--json")["files"] == 4


def test_an_upgrade_that_fails_says_how_to_go_on(site, elsewhere, run, tmp_path, monkeypatch):
    file, target = tmp_path / "site.tar", elsewhere()
    run(site, backup_commands, file)
    monkeypatch.setattr(restoring.migrations, "upgrade", lambda owner=None: 1 / 0)
    with pytest.raises(UnionHallError, match="--finish") as error:
        run(target, restore_command, file)
    assert error.value.code == "restore-unfinished"
    monkeypatch.undo()
    run(target, restore_command, file, "--finish")
    assert articles(target) == articles(site)


def test_too_little_room_for_the_files_changes_nothing(site, elsewhere, run, tmp_path, monkeypatch):
    file, target = tmp_path / "site.tar", elsewhere()
    run(site, backup_commands, file)
    monkeypatch.setattr(returning.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(UnionHallError, match="空间不够"):
        run(target, restore_command, file)
    with target.app_context(), db.snapshot() as connection:
        assert restoring.tables.names(connection) == []


@pytest.mark.both
def test_an_older_backup_is_brought_to_this_version(elsewhere, run, tmp_path, make, database):
    from unionhall.setup import set_up

    old, file = elsewhere(database), tmp_path / "old.tar"
    with old.app_context():
        set_up("青禾市总工会")
        with db.unit_of_work():
            make.article(make.org())
        db.session().remove()
        db.engine().dispose()
        for name in reversed(migrations.owners()[1:]):  # their tables point to some that came later
            migrations.downgrade(name, "base")
        migrations.downgrade("core", "0003")
    run(old, backup_commands, file)
    assert run(old, backup_commands, "verify", file, "--json")["heads"]["core"] == "0003"
    new = elsewhere(database)
    run(new, restore_command, file)
    with new.app_context():
        assert all(item.up_to_date for item in migrations.status())
        assert audit.verify().bad is None
        db.session().remove()
    assert articles(new) == 1


def test_a_table_that_nobody_knows_is_named(site, elsewhere, run, tmp_path):
    file = tmp_path / "site.tar"
    with site.app_context(), db.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE somebodys_notes (a INTEGER)")
    try:
        run(site, backup_commands, file)
        assert run(elsewhere(), restore_command, file, "--json")["unknown"] == ["somebodys_notes"]
    finally:
        with site.app_context(), db.engine().begin() as connection:
            connection.exec_driver_sql("DROP TABLE somebodys_notes")


@pytest.mark.postgres
def test_a_column_that_cannot_be_kept_is_refused_rather_than_lost(site, run, tmp_path):
    with site.app_context(), db.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE odd_things (a INTERVAL)")
    try:
        with pytest.raises(UnionHallError, match=r"odd_things\.a"):
            run(site, backup_commands, tmp_path / "site.tar")
    finally:
        with site.app_context(), db.engine().begin() as connection:
            connection.exec_driver_sql("DROP TABLE odd_things")


def test_a_folder_keeps_the_newest(site, run, tmp_path, at):
    folder = tmp_path / "nightly"
    folder.mkdir()
    (folder / "notes.tar").write_text("not ours")
    old = folder / ".unionhall-20260101-000000.tar-x.part"
    old.write_text("left by a kill")
    os.utime(old, (0, 0))
    names = []
    for day in ("2026-05-14 03:00", "2026-05-15 03:00", "2026-05-16 03:00"):
        at(day)
        names.append(Path(run(site, backup_commands, folder, "--keep", 2, "--json")["file"]).name)
    assert names[0] == "unionhall-20260514-030000.tar"
    assert sorted(path.name for path in folder.iterdir()) == ["notes.tar", *names[1:]]


class Process:
    """Stands for the process that makes the nightly backup."""

    made: list = []

    def __init__(self, command, stdout, stderr):
        self.command, self.out, self.code = command, stdout, None
        Process.made.append(self)

    def poll(self):
        return self.code


@pytest.fixture
def nightly(app, monkeypatch, tmp_path):
    """Return the folder of nightly backups; processes only pretend."""
    folder = tmp_path / "nightly"
    folder.mkdir()
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update={"backup_folder": str(folder), "backup_keep": 5}))
    monkeypatch.setattr(keeping.subprocess, "Popen", Process)
    monkeypatch.setattr(Process, "made", [])
    app.extensions.pop(keeping.STATE, None)
    yield folder
    state = app.extensions.pop(keeping.STATE, None)
    if state is not None and state.words is not None:
        state.words.close()


def tick(app):
    with app.app_context():
        keeping.nightly(clock.now())


def test_every_night_one_backup_in_a_process_of_its_own(app, nightly, at):
    at("2026-05-14 02:50")
    tick(app)
    assert Process.made == []
    at("2026-05-14 03:00")
    tick(app)
    (process,) = Process.made
    assert process.command[1:] == ["-m", "unionhall", "backup", str(nightly), "--keep", "5", "--json"]
    tick(app)
    assert len(Process.made) == 1, "it is still running"
    (nightly / "unionhall-20260514-030000.tar").write_text("made")
    process.code = 0
    for _ in range(3):
        tick(app)
    assert len(Process.made) == 1
    at("2026-05-15 03:10")
    tick(app)
    assert len(Process.made) == 2


def test_a_night_that_fails_is_said_and_tried_again_an_hour_later(app, nightly, at):
    at("2026-05-14 03:00")
    tick(app)
    Process.made[0].out.write("磁盘满了".encode())
    Process.made[0].code = 8
    with pytest.raises(keeping.NightlyFailed, match="8: 磁盘满了"):
        tick(app)
    tick(app)
    assert len(Process.made) == 1
    at("2026-05-14 04:01")
    tick(app)
    assert len(Process.made) == 2


def test_another_workers_backup_is_not_made_twice(app, nightly, at):
    at("2026-05-14 03:00")
    part = nightly / ".unionhall-20260514-030000.tar-abc.part"
    part.write_text("growing")
    os.utime(part, (clock.now().timestamp() - 60,) * 2)
    tick(app)
    assert Process.made == []
    os.utime(part, (clock.now().timestamp() - 3700,) * 2)
    tick(app)
    assert len(Process.made) == 1, "that one was killed"


def test_without_a_folder_nothing_happens(app, nightly, monkeypatch, at):
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update={"backup_folder": ""}))
    at("2026-05-14 03:00")
    tick(app)
    assert Process.made == []
    with app.app_context():
        assert keeping.last_made() is None
        db.session().remove()
