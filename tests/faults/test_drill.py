"""The drill (security.md 5, R1): people write while a backup is made; restored elsewhere, nothing acknowledged is lost.

The mark is the head of the audit chain in the snapshot: every act writes its line in its own transaction, without gaps, so
that "up to the mark" says exactly which writes must be there, and which must not.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from unionhall.app import create_app
from unionhall.backup import checking, making, restoring, returning, tables
from unionhall.backup.archive import Archive
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.media import services as media
from unionhall.news import editing, publishing, review
from unionhall.news.models import Article, State
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.platform.storage import LocalFolder, storage
from unionhall.testing.pytest_plugin import SETTINGS

WRITERS, BEFORE, DURING = 3, 5, 12
# Rows that are only ever added: whatever of them belongs to an act up to the mark must be there, as it is in the source.
ADDED = ("audit_entry", "news_revision", "news_transition", "news_byline")


def quiet(what, done):
    """Show no progress."""


@pytest.fixture
def target(database, request, tmp_path):
    """Return an application on an empty database of the same kind, elsewhere."""
    url, name = "", f"unionhall_drill_{os.getpid()}_{secrets.token_hex(4)}"
    (tmp_path / "there").mkdir()
    server = request.getfixturevalue("postgres_server") if database == "postgresql" else None
    if server:
        administer(server, f'CREATE DATABASE "{name}"')
        url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    app = create_app(SETTINGS | {"instance": tmp_path / "there", "database_url": url})
    yield app
    with app.app_context():
        db.session().remove()
        db.engine().dispose()
    if server:
        administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(server, statement):
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


class Writer(threading.Thread):
    """Writes stories, submits, passes and publishes them, each in a transaction of its own, until told to stop."""

    def __init__(self, app, org_id, section_id, content):
        super().__init__()
        self.app, self.org_id, self.section_id, self.content = app, org_id, section_id, content
        self.acknowledged, self.problems, self.stop = [], [], threading.Event()

    def run(self):
        while not self.stop.is_set():
            try:
                with self.app.app_context():
                    number = self.step(lambda article: None)
                    for act in (self.submit, self.let_pass, self.publish):
                        self.step(act, number)
                    self.acknowledged.append(number)
            except Exception as error:
                self.problems.append(error)
                return

    def step(self, act, number=None):
        """One act; SQLite's single writer may be taken for too long, and then the act was refused and is tried again."""
        while True:
            try:
                with db.unit_of_work() as session:
                    if number is None:
                        org, section = session.get(editing.Org, self.org_id), session.get(editing.Section, self.section_id)
                        return editing.create_article(org, section, self.content(), actor=SYSTEM, now=clock.now()).id
                    act(session.scalars(unscoped(select(Article).where(Article.id == number), why="test")).one())
                    return number
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
            finally:
                db.session().remove()

    def submit(self, article):
        review.submit(article, actor=SYSTEM, now=clock.now())

    def let_pass(self, article):
        while article.state == State.SUBMITTED:
            review.pass_step(article, revision_id=article.head_id, actor=SYSTEM, now=clock.now())

    def publish(self, article):
        publishing.publish(article, actor=SYSTEM, now=clock.now())


def lines_of(connection, name):
    found = tables.layout(connection, name)
    rows = (json.loads(line) for line in tables.lines(connection, found))
    return [dict(zip(found.names, row, strict=True)) for row in rows]


@pytest.fixture
def busy(app, work, make, monkeypatch, tmp_path):
    """A site with a picture, and people who are writing; returns them."""
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(tmp_path / "media"))
    with work():
        org, section = make.org(), make.section()
        picture = io.BytesIO()
        Image.new("RGB", (500, 300), "red").save(picture, "JPEG")
        media.store_image(picture.getvalue(), "a.jpg", org=org, actor=SYSTEM, now=clock.now())
        writers = [Writer(app, org.id, section.id, make.content) for _ in range(WRITERS)]
    yield writers
    for writer in writers:
        writer.stop.set()
        if writer.is_alive():
            writer.join(60)


def wait_until(writers, number):
    """Wait until so many stories have been acknowledged in all; a writer that failed ends the wait."""
    pause = threading.Event()
    while sum(len(writer.acknowledged) for writer in writers) < number and not any(writer.problems for writer in writers):
        pause.wait(0.01)


@pytest.mark.both
def test_nothing_acknowledged_is_lost(app, busy, target, tmp_path, monkeypatch):
    for writer in busy:
        writer.start()
    wait_until(busy, BEFORE)
    promised = [number for writer in busy for number in list(writer.acknowledged)]
    real = tables.lines

    def slowly(connection, found):
        """The backup takes its time: people go on writing between the tables that are read."""
        if found.table.name in {"news_article", "news_revision", "news_transition"}:
            wait_until(busy, sum(len(writer.acknowledged) for writer in busy) + DURING // 4)
        return real(connection, found)

    monkeypatch.setattr(tables, "lines", slowly)
    with app.app_context():
        made = making.make(tmp_path / "busy.tar", now=clock.now(), note=False)
    monkeypatch.undo()
    wait_until(busy, sum(len(writer.acknowledged) for writer in busy) + DURING // 4)
    for writer in busy:
        writer.stop.set()
    for writer in busy:
        writer.join(60)
    assert [problem for writer in busy for problem in writer.problems] == []

    with target.app_context(), Archive(made.file) as archive:
        checked = checking.check(archive)
        restoring.restore_rows(archive, checked, force=False, now=clock.now(), progress=quiet)
        returning.files(archive, quiet)
    mark = checked.manifest.audit[0]
    with app.app_context(), db.snapshot() as connection:
        source = {name: lines_of(connection, name) for name in (*ADDED, "media_asset", "orgs_org", "news_section")}
    with target.app_context(), db.snapshot() as connection:
        there = {name: lines_of(connection, name) for name in (*source, "news_article")}
        assert audit.verify((mark, checked.manifest.audit[1])).bad is None
        db.session().rollback()
        assert len(list(storage().files())) == 3

    assert len(source["audit_entry"]) > mark, "people wrote on after the mark"
    assert [row for row in there["audit_entry"] if row["n"] <= mark] == [row for row in source["audit_entry"] if row["n"] <= mark]
    assert [row["act"] for row in there["audit_entry"] if row["n"] > mark] == ["backup.restored"]
    acts = {}
    for row in there["audit_entry"]:
        acts.setdefault(row["obj"], set()).add(row["act"])
    written = {int(obj.removeprefix("article:")) for obj in acts if obj.startswith("article:")}
    assert {row["id"] for row in there["news_article"]} == written, "an article for each line of the trail, and no other"
    assert set(promised) <= written
    for article in there["news_article"]:
        assert (article["state"] == State.PUBLISHED) is ("news.publish" in acts[f"article:{article['id']}"])
    for name in ADDED[1:]:
        mine = [row for row in source[name] if belongs(row, name, written, mark, there)]
        assert there[name] == mine
    assert [there[name] for name in ("media_asset", "orgs_org", "news_section")] == [source[name] for name in ("media_asset", "orgs_org", "news_section")]


def belongs(row, name, written, mark, there):
    """Say whether a row that was only ever added was written up to the mark."""
    if name == "news_byline":
        return row["revision_id"] in {revision["id"] for revision in there["news_revision"]}
    if name == "news_revision":
        return row["article_id"] in written
    done = [line for line in there["audit_entry"] if line["obj"] == f"article:{row['article_id']}" and line["n"] <= mark]
    return any(line["act"] == f"news.{row['action']}" for line in done)


@pytest.mark.both
def test_the_drill_of_the_command(app, work, make, busy, tmp_path, database, request):
    """In processes of its own, as an administrator runs it; a PostgreSQL site is restored into an SQLite one."""
    with work():
        make.article(make.root, state=State.PUBLISHED)
    settings = app.config["UNIONHALL"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
    (tmp_path / "instance").mkdir()
    own = {"INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key}
    storage_of(app, tmp_path / "instance")
    command = [sys.executable, "-m", "unionhall", "backup", "drill", "--work", str(tmp_path), "--json"]
    environment = outside | {f"UNIONHALL_{name}": value for name, value in own.items()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout
    found = json.loads(done.stdout)
    assert (found["problems"], found["files"]) == ([], 3)
    assert found["rows"] > 20
    assert found["audit_lines"] > 5
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("drill-")] == [], "what the drill made is gone"


def storage_of(app, instance):
    """Let the files lie where a process that knows only the instance looks for them."""
    os.symlink(app.extensions["unionhall.storage"].root, instance / "media")
