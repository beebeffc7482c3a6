"""A full disk (security.md 5, R4): writes are refused in words, nothing is half there, reading goes on, and when there is
room again everything works without a restart.

The errors are real where the system gives them: /dev/full says ENOSPC to every write, SQLite says SQLITE_FULL when it may
not add a page, PostgreSQL raises 53100. Where a file must be full only after some bytes, its writes count them.
"""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy import func, select

from unionhall.app import create_app
from unionhall.backup import archive as archives
from unionhall.backup import checking, making, restoring, returning
from unionhall.backup.archive import Archive
from unionhall.base import clock, db
from unionhall.base.errors import Unavailable
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import publishing
from unionhall.news.models import Article, Revision, State
from unionhall.platform import audit, outbox
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache.purges import Purge
from unionhall.platform.search import asking, reading, writing
from unionhall.platform.search import whoosh_index as whoosh
from unionhall.platform.storage import LocalFolder, storage
from unionhall.platform.storage import local as local_storage
from unionhall.testing.pytest_plugin import SETTINGS

FULL = "/dev/full"


@pytest.fixture(autouse=True)
def own_files(app, monkeypatch, tmp_path):
    """Let every test keep its files in a folder of its own."""
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(tmp_path / "media"))


@pytest.fixture
def writer(app, work, make, login):
    """Return a browser whose user may write, upload and publish, and that brings its token."""
    with work():
        number = make.account(Role.CHIEF_EDITOR).id
    client = app.test_client()
    login(client, number)
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/desk/").text).group(1)

    def post(path, **fields):
        return client.post(path, data={"csrf_token": token, **fields}, headers=fields.pop("headers", {}))

    post.client, post.token = client, token
    return post


def picture():
    file = io.BytesIO()
    Image.new("RGB", (1200, 800), "red").save(file, "JPEG")
    file.seek(0)
    return file


def upload(writer):
    headers = {"Accept": "application/json", "X-CSRFToken": writer.token}
    return writer.client.post("/desk/media/images", data={"file": (picture(), "a.jpg")}, headers=headers)


def count(model):
    found = db.session().scalar(unscoped(select(func.count()).select_from(model), why="test"))
    db.session().rollback()
    return found


# Uploads


@pytest.mark.parametrize("room", [0, 1, 2])
def test_an_upload(app, client, writer, monkeypatch, room):
    """The disk is full at the first, the second, the third file."""
    real, made = local_storage.tempfile.mkstemp, []

    def full_later(*arguments, **options):
        descriptor, name = real(*arguments, **options)
        made.append(name)
        if len(made) > room:
            os.close(descriptor)
            descriptor = os.open(FULL, os.O_WRONLY)
        return descriptor, name

    monkeypatch.setattr(local_storage.tempfile, "mkstemp", full_later)
    answer = upload(writer)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "storage-full")
    assert "没有存下来" in answer.json["error"]["message"]
    assert len(made) == room + 1
    with app.app_context():
        assert [path for path in storage().root.rglob("*") if path.is_file()] == []
        assert (audit.verify().bad, count(sa.table("media_asset"))) == (None, 0)
    assert client.get("/").status_code == 200
    monkeypatch.undo()
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(storage_root(app)))
    assert upload(writer).status_code == 201


def storage_root(app):
    return app.extensions["unionhall.storage"].root


def test_readyz_says_so_and_is_well_again(client, monkeypatch):
    assert client.get("/readyz").status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(local_storage.tempfile, "NamedTemporaryFile", lambda **given: Path(FULL).open("wb"))  # noqa: SIM115
        answer = client.get("/readyz")
        assert (answer.status_code, [name for name, well in answer.json["checks"].items() if not well]) == (503, ["disk"])
        assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


# Commits


@contextmanager
def full_database(app):
    """Let the database have no room for another page (SQLite), or say so at every new revision (PostgreSQL)."""
    with app.app_context():
        engine = db.engine()
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(engine.url.database) as probe:
            (pages,) = probe.execute("PRAGMA page_count").fetchone()
        probe.close()

        def bound(connection, _record):
            connection.execute(f"PRAGMA max_page_count = {pages}")

        sa.event.listen(engine, "connect", bound)
        engine.dispose()
        try:
            yield
        finally:
            sa.event.remove(engine, "connect", bound)
            engine.dispose()
        return
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql("CREATE TRIGGER no_room BEFORE INSERT ON news_revision FOR EACH ROW EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


def state_of(app):
    with app.app_context():
        return [count(model) for model in (Article, Revision, audit.AuditEntry, outbox.OutboxMessage, Purge)]


@pytest.mark.both
def test_a_commit(app, client, writer, work, make):
    with work():
        url = make.article(state=State.PUBLISHED).url
    story = {"headline": "写了很久的稿件", "body": "安全生产。" * 9_000, "section_id": "1", "org_id": "1"}
    before = state_of(app)
    with full_database(app):
        answer = writer("/desk/news/new", **story)
        assert (answer.status_code, "没有保存" in answer.text) == (503, True)
        assert 'name="headline" value="写了很久的稿件"' in answer.text, "what was typed is on the page, to be sent again"
        assert [client.get(path).status_code for path in ("/", url, "/desk/login")] == [200, 200, 404]
        assert state_of(app) == before
    assert writer("/desk/news/new", **story).status_code == 303
    with app.app_context():
        assert (count(Article), audit.verify().bad) == (before[0] + 1, None)
        db.session().rollback()
        if db.engine().dialect.name == "sqlite":
            assert db.session().scalar(sa.text("PRAGMA integrity_check")) == "ok"


@contextmanager
def no_room_for_the_trail(app):
    """Let the database have no room just when the audit trail is written."""
    with app.app_context():
        engine = db.engine()

    def refuse(_connection, _cursor, statement, parameters, _context, _many):
        if statement.lstrip().startswith("INSERT INTO audit_entry"):
            raise sa.exc.OperationalError(statement, parameters, sqlite3.OperationalError("database or disk is full"))

    sa.event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.both
def test_what_cannot_be_written_in_the_trail_does_not_happen(app, client, writer, work, make):
    with work():
        article = make.article(state=State.APPROVED)
        number, url = article.id, article.url
    before = state_of(app)
    with no_room_for_the_trail(app):
        answer = writer(f"/desk/news/{number}/publish", base="1")
        assert (answer.status_code, "没有保存" in answer.text) == (503, True)
        assert "Content-Security-Policy" in answer.headers
        assert "notice--ok" not in writer.client.get("/desk/").text + answer.text
        assert upload(writer).status_code == 503
        assert (client.get(url).status_code, state_of(app)) == (404, before)
        with app.app_context():
            assert list(storage().files()) == []
    with work():
        article = db.session().scalars(unscoped(select(Article).where(Article.id == number), why="test")).one()
        publishing.publish(article, actor=SYSTEM, now=clock.now())
    assert client.get(url).status_code == 200


# Backups


class Tight(io.FileIO):
    """A file on a disk with room for some bytes more."""

    room = 0

    def write(self, data):
        Tight.room -= len(data)
        if Tight.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


@contextmanager
def room_for(monkeypatch, number):
    """Let archives be written on a disk with room for so many bytes."""
    monkeypatch.setattr(Tight, "room", number)
    with monkeypatch.context() as patched:
        patched.setattr(archives.os, "fdopen", lambda descriptor, mode: io.BufferedRandom(Tight(descriptor, "w+")))
        yield


def whole_size(app, tmp_path):
    with app.app_context():
        made = making.make(tmp_path / "whole.tar", now=clock.now())
    (tmp_path / "whole.tar").unlink()
    return made.bytes


@pytest.mark.both
@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.95, 0.999])
def test_a_backup(app, client, writer, work, make, monkeypatch, tmp_path, part):
    with work():
        make.article(state=State.PUBLISHED)
    assert upload(writer).status_code == 201
    size, before, target = whole_size(app, tmp_path), state_of(app), tmp_path / "backup" / "site.tar"
    target.parent.mkdir()
    with room_for(monkeypatch, int(size * part)), app.app_context(), pytest.raises(Unavailable) as error:
        making.make(target, now=clock.now())
    assert (error.value.code, "磁盘满了" in str(error.value)) == ("backup-disk-full", True)
    assert list(target.parent.iterdir()) == []
    assert state_of(app) == before, "a backup that was not made is not in the trail"
    assert client.get("/").status_code == 200
    with app.app_context():
        making.make(target, now=clock.now())
        with Archive(target) as archive:
            assert checking.check(archive).own


def test_the_command_ends_with_its_code(app, tmp_path):
    """In a process of its own, on a real disk that takes not one byte."""
    settings = SETTINGS | {"instance": str(app.config["UNIONHALL"].instance), "database_url": app.config["UNIONHALL"].database_url}
    script = (
        "import json, os, sys, tempfile\n"
        "from unionhall import cli\nfrom unionhall.app import create_app\nfrom unionhall.backup import archive\n"
        "real = tempfile.mkstemp\n"
        f"archive.tempfile.mkstemp = lambda **given: (os.open({FULL!r}, os.O_RDWR), real(**given)[1])\n"
        "settings = json.loads(sys.argv.pop(1))\n"
        "cli._application = lambda safe: create_app(settings)\n"
        "cli.main()\n"
    )
    command = [sys.executable, "-c", script, json.dumps(settings), "backup", str(tmp_path / "site.tar"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["error"]["code"]) == (8, "backup-disk-full")
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == []


# Restores


@pytest.fixture
def site_archive(app, writer, work, make, tmp_path):
    """Return a backup of a site with an article and a picture."""
    with work():
        make.article(state=State.PUBLISHED, content=make.content(body="<p>" + "字" * 200_000 + "</p>"))
    assert upload(writer).status_code == 201
    with app.app_context():
        return making.make(tmp_path / "site.tar", now=clock.now()).file


def bring_back(archive, **options):
    checked = checking.check(archive)
    return restoring.restore_rows(archive, checked, force=False, now=clock.now(), progress=lambda what, done: None, **options)


def test_a_restore(site_archive, tmp_path, request):
    (tmp_path / "there").mkdir()
    target = create_app(SETTINGS | {"instance": tmp_path / "there"})
    with target.app_context():
        engine = db.engine()
        request.addfinalizer(engine.dispose)

        def bound(connection, _record):
            connection.execute("PRAGMA max_page_count = 150")

        sa.event.listen(engine, "connect", bound)
        with Archive(site_archive) as archive, pytest.raises(Unavailable) as error:
            bring_back(archive)
        assert ("什么都没有改" in str(error.value), sa.inspect(engine).get_table_names()) == (True, [])
        sa.event.remove(engine, "connect", bound)
        engine.dispose()
        with Archive(site_archive) as archive:
            bring_back(archive)
        assert audit.verify().bad is None
        db.session().remove()


def test_a_restore_among_its_files_goes_on_later(site_archive, tmp_path, monkeypatch, request):
    (tmp_path / "there").mkdir()
    target = create_app(SETTINGS | {"instance": tmp_path / "there"})
    with target.app_context(), Archive(site_archive) as archive:
        request.addfinalizer(db.engine().dispose)
        bring_back(archive)
        real = local_storage.tempfile.mkstemp
        with monkeypatch.context() as patched, pytest.raises(Unavailable) as error:
            patched.setattr(local_storage.tempfile, "mkstemp", lambda **given: (os.open(FULL, os.O_WRONLY), real(**given)[1]))
            returning.files(archive, lambda what, done: None)
        assert (error.value.code, list(storage().files())) == ("storage-full", [])
        assert returning.files(archive, lambda what, done: None) == len(list(storage().files())) == 4
        db.session().remove()


# The search index


class TightText(io.FileIO):
    """A file of the index, on a disk with room for some bytes more."""

    room = 0

    def write(self, data):
        TightText.room -= len(data)
        if TightText.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def tight_open(name, mode="r", *_arguments, **_options):
    if "r" in mode and "+" not in mode:
        return open(name, mode)
    return io.BufferedRandom(TightText(name, mode)) if "+" in mode else io.BufferedWriter(TightText(name, mode))


@pytest.fixture
def indexed(app, work, make, tmp_path):
    """A site whose one article is in the index, and another that is still to come; returns how both are searched."""
    index = whoosh.WhooshIndex(tmp_path / "search")
    search = app.extensions[writing.EXTENSION]
    kept, search.index = search.index, index
    with work():
        make.article(state=State.PUBLISHED, content=make.content("义诊进社区"))
    with app.app_context():
        outbox.deliver(clock.now())
    with work():
        make.article(state=State.PUBLISHED, content=make.content("食堂开张"))

    def titles(words):
        index._searcher, index._fresh_until = None, 0.0
        with app.test_request_context():
            page = reading.find(asking.read(words))
            db.session().rollback()
            assert not page.slow, "the index answers"
            return [hit.result.title for hit in page.hits]

    titles.index = index
    yield titles
    search.index = kept
    gc.collect()  # what Whoosh left open is closed here, not in somebody else's test


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves a file open that it could not write
@pytest.mark.parametrize("room", [0, 40, 400, 1500, 2500, 3500])
def test_the_search_index(app, client, indexed, monkeypatch, room):
    """Whatever stage the disk is full at: the old index answers, the message waits, and is delivered when there is room."""
    monkeypatch.setattr(TightText, "room", room)
    with monkeypatch.context() as patched:
        patched.setattr("whoosh.filedb.filestore.open", tight_open, raising=False)
        with app.app_context():
            outbox.deliver(clock.now())
        full = TightText.room < 0
    assert (indexed("义诊"), client.get("/").status_code) == (["义诊进社区"], 200)
    assert indexed("食堂") == ([] if full else ["食堂开张"])
    with app.app_context():
        assert count(waiting()) == (1 if full else 0)
        outbox.deliver(clock.now() + timedelta(minutes=20))
        assert count(waiting()) == 0
    assert (indexed("食堂"), indexed("义诊")) == (["食堂开张"], ["义诊进社区"])


def waiting():
    return select(outbox.OutboxMessage).where(outbox.OutboxMessage.topic == "search", outbox.OutboxMessage.done_at.is_(None)).subquery()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("room", [0, 1500, 3500])
def test_an_index_that_is_made_anew(app, indexed, monkeypatch, room, tmp_path):
    """What was half made is thrown away: it would only fill the disk more."""
    monkeypatch.setattr(TightText, "room", room)
    before = folders(tmp_path)
    with monkeypatch.context() as patched, app.app_context():
        patched.setattr("whoosh.filedb.filestore.open", tight_open, raising=False)
        with pytest.raises(OSError, match="No space left"):
            writing.rebuild()
    assert folders(tmp_path) == before
    assert indexed("义诊") == ["义诊进社区"]
    with app.app_context():
        writing.rebuild()
    assert indexed("食堂") == ["食堂开张"]


def folders(tmp_path):
    return sorted(path.name for path in (tmp_path / "search").glob("whoosh-*"))


# The log

SERVE = """
import json, sys
from unionhall.app import create_app
app = create_app(json.loads(sys.argv[1]))
client = app.test_client()
print(json.dumps([client.get("/").status_code, client.get("/nothing").status_code, client.get("/readyz").json["ready"],
                  client.post("/login", data={}).status_code]))
"""


def test_the_log(app):
    """Standard error goes to a disk that is full: every line is lost, no request is."""
    own = app.config["UNIONHALL"]
    settings = SETTINGS | {"instance": str(own.instance), "database_url": own.database_url, "testing": False}
    with Path(FULL).open("wb") as full:
        done = subprocess.run([sys.executable, "-c", SERVE, json.dumps(settings)], stdout=subprocess.PIPE, stderr=full, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, [200, 404, True, 400])
