"""kill -9 (security.md 5, R2 and R16): whatever a process was doing, the next one finds a whole site and finishes the work.

A child process does the work and kills itself at a named step; nothing of Python's clean-up runs, as with a real kill.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from unionhall.base import clock, db
from unionhall.hooks.types import Job, Role
from unionhall.news.models import Article, State, Transition
from unionhall.news.transfers import files, running, services
from unionhall.news.transfers.models import Transfer, TransferLine
from unionhall.platform import audit, jobs, outbox
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache.purges import Purge
from unionhall.platform.search import asking, reading, writing
from unionhall.testing.pytest_plugin import SETTINGS

START = """
import json, os, signal, sys
from datetime import datetime, timedelta
from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
settings = json.loads(sys.argv[1])
app = create_app(settings)
def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
def outermost(session):
    if not session.in_nested_transaction():
        die()
def after(function):
    def call(*arguments, **options):
        function(*arguments, **options)
        die()
    return call
"""
PUBLISH = """
from unionhall.news import publishing
from unionhall.news.models import Article
from unionhall.platform.access import unscoped
from sqlalchemy import event, select
from sqlalchemy.orm import Session
{step}
with app.app_context(), db.unit_of_work():
    article = db.session().scalars(unscoped(select(Article).where(Article.id == settings_id), why="test")).one()
    publishing.publish(article, actor=SYSTEM, now=clock.now())
"""
INDEX = """
from unionhall.platform import outbox
from unionhall.platform.search import whoosh_index, writing
{step}
with app.app_context():
    outbox.deliver(datetime.fromisoformat(moment) + timedelta(minutes=10))
"""
IMPORT = """
from pathlib import Path
from unionhall.news.cli import imports
from unionhall.news.exchange import arriving
batches = []
bring = arriving.Arrival._bring
def counted(self, records):
    bring(self, records)
    batches.append(1)
    if len(batches) == 4:
        die()
arriving.Arrival._bring = counted
with app.app_context():
    imports(["markdown", sys.argv[2], "--json"], standalone_mode=False)
"""
WORK = """
from unionhall.hooks.types import Job
from unionhall.platform import jobs
with app.app_context():
    jobs.run_due([Job("probe.job", "x", timedelta(hours=1), die)], datetime.fromisoformat(moment))
"""
TRANSFER = """
from unionhall.news.transfers import running, steps
between = steps.Importing._between
def counted(self, done):
    if done >= 50:
        die()
    between(self, done)
steps.Importing._between = counted
clock.now = lambda: datetime.fromisoformat(moment)
with app.app_context():
    running.work(clock.now())
"""


@pytest.fixture
def run(app, nursery):
    """Return a function that runs code in a process of its own on this site and says how that ended."""

    def child(code, *arguments, **values):
        own = app.config["UNIONHALL"]
        settings = SETTINGS | {"instance": str(own.instance), "database_url": own.database_url}
        script = START + "".join(f"{name} = {value!r}\n" for name, value in values.items()) + code
        return nursery.start(script, json.dumps(settings), *arguments).wait()

    return child


@pytest.fixture(autouse=True)
def own_index(app, tmp_path, monkeypatch):
    """Let every test begin without an index."""
    import shutil

    shutil.rmtree(Path(app.config["UNIONHALL"].instance) / "search", ignore_errors=True)


def row(article_id):
    return db.session().scalars(unscoped(select(Article).where(Article.id == article_id), why="test")).one()


@pytest.mark.both
@pytest.mark.parametrize(("step", "published"), [
    ("publishing.take_step = die", False),
    ("publishing._tell = die", False),
    ("event.listen(Session, 'before_commit', outermost)", False),
    ("event.listen(Session, 'after_commit', outermost)", True),
    ("from unionhall.platform.pagecache import purges; purges._take_note = die", True),
])  # fmt: skip
def test_killed_while_publishing(run, app, client, work, make, step, published):
    with work():
        article = make.article(state=State.APPROVED)
        number, url = article.id, article.url
        before = {model: db.session().scalar(select(func.count()).select_from(model)) for model in (outbox.OutboxMessage, Transition, Purge)}
    code, error = run(PUBLISH.replace("{step}", step), settings_id=number)
    assert code == -signal.SIGKILL, error
    with work():
        article = row(number)
        after = {model: db.session().scalar(select(func.count()).select_from(model)) for model in before}
        assert (article.state == State.PUBLISHED) is published
        assert (article.live_id is not None) is published
        added = {model.__tablename__: after[model] - before[model] for model in before}
        assert added == ({"outbox_message": 2, "news_transition": 1, "pagecache_purge": 1} if published else dict.fromkeys(added, 0))
        assert audit.verify().bad is None
    assert client.get(url).status_code == (200 if published else 404)
    assert client.get("/").status_code == 200


@pytest.mark.both
@pytest.mark.parametrize("step", [
    "whoosh_index.WhooshIndex.write = die; whoosh_index.WhooshIndex.rebuild = die",
    "whoosh_index.index.create_in = die",
    "from whoosh.writing import SegmentWriter; SegmentWriter.commit = die",
    "from whoosh.writing import SegmentWriter; SegmentWriter._commit_toc = die",
    "whoosh_index.Place.use = die",
    "whoosh_index.Place.use = after(whoosh_index.Place.use)",
    "outbox._note = die",
])  # fmt: skip
def test_killed_while_indexing(run, app, work, make, step):
    with work():
        make.article(state=State.PUBLISHED, content=make.content("义诊进社区"))
    code, error = run(INDEX.replace("{step}", step), moment=clock.now().isoformat())
    assert code == -signal.SIGKILL, error
    with app.test_request_context():
        assert [hit.result.title for hit in reading.find(asking.read("义诊")).hits] == ["义诊进社区"], "found meanwhile, with or without an index"
    later = clock.now() + timedelta(minutes=20)  # the dead worker's lease has ended
    with app.app_context():
        outbox.deliver(later)
        waiting = db.session().scalar(select(func.count()).where(outbox.OutboxMessage.done_at.is_(None), outbox.OutboxMessage.topic == "search"))
        assert waiting == 0
        db.session().rollback()
        index = writing.search().index
        index._fresh_until, index._searcher = 0.0, None
        assert index.find(asking.read("义诊"), 0, 10).total == 1


@pytest.mark.both
def test_killed_while_importing(run, app, work, tmp_path):
    for n in range(120):
        (tmp_path / f"{n:03}.md").write_text(f"---\ntitle: 第{n}篇\ndate: 2024-05-01\n---\n正文", "utf-8")
    code, error = run(IMPORT, str(tmp_path))
    assert code == -signal.SIGKILL, error
    with work() as session:
        assert session.scalar(unscoped(select(func.count()).select_from(Article), why="test")) == 100
    env = os.environ | {"UNIONHALL_INSTANCE": str(app.config["UNIONHALL"].instance), "UNIONHALL_DATABASE_URL": app.config["UNIONHALL"].database_url}
    again = subprocess.run([sys.executable, "-m", "unionhall", "import", "markdown", str(tmp_path), "--json"], env=env, capture_output=True, check=True)
    assert {name: value for name, value in json.loads(again.stdout).items() if name != "problems"} == {"created": 20, "updated": 0, "skipped": 100}
    with work() as session:
        assert session.scalar(unscoped(select(func.count()).select_from(Article), why="test")) == 120
        assert audit.verify().bad is None


@pytest.mark.both
def test_killed_while_running_a_job(run, app, at):
    """The job is another worker's once the lease is over, not before, and then for the next hour nobody's."""
    start, ran = clock.now(), []
    code, error = run(WORK, moment=start.isoformat())
    assert code == -signal.SIGKILL, error
    job = Job("probe.job", "x", timedelta(hours=1), ran.append)
    with app.app_context():
        assert jobs.last_run("probe.job").running(start + timedelta(seconds=59))
        for seconds in (1, 59, 60, 61):
            jobs.run_due([job], start + timedelta(seconds=seconds))
        assert ran == [start + timedelta(seconds=60)]
        assert jobs.last_run("probe.job").last_run == start + timedelta(seconds=60)


@pytest.mark.both
def test_killed_while_delivering(run, app, work):
    """What the dead worker had leased is delivered by another one, two minutes later."""
    with work() as session:
        session.execute(delete(outbox.OutboxMessage))
        outbox.put("probe", {"n": 1}, now=clock.now())
    deliver = "from unionhall.platform import outbox\nwith app.app_context():\n    outbox.handle('probe', die)\n    outbox.deliver(datetime.fromisoformat(moment))\n"
    code, error = run(deliver, moment=clock.now().isoformat())
    assert code == -signal.SIGKILL, error
    seen = []
    with app.app_context():
        outbox.handle("probe", seen.append)
        outbox.deliver(clock.now() + timedelta(seconds=119))
        assert seen == []
        outbox.deliver(clock.now() + timedelta(seconds=120))
    assert seen == [{"n": 1}]


@pytest.mark.both
def test_killed_while_a_transfer_is_done(run, app, work, make):
    """What was stored before the kill is counted once; the next worker goes on after the dead one's lease."""
    lines = ["---", "title: {}", "date: 2024-05-01", "---", "正文"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for n in range(120):
            archive.writestr(f"{n:03}.md", "\n".join(lines).format(f"第{n}篇"))
    with work():
        actor, section = make.actor(Role.CHIEF_EDITOR), make.section()
        token = services.new_token()
        files.keep(token, files.UPLOAD, io.BytesIO(made.getvalue()))
        asked = services.ask_import(make.root, section, "markdown", token=token, file_name="x.zip", size=1, actor=actor, now=clock.now())
        asked.trial, number = False, asked.id
    code, error = run(TRANSFER, moment=clock.now().isoformat())
    assert code == -signal.SIGKILL, error

    def counted():
        statement = select(Transfer.done, Transfer.created, Transfer.skipped, Transfer.state).where(Transfer.id == number)
        with work() as session:
            return (*session.execute(unscoped(statement, why="test")).one(), session.scalar(unscoped(select(func.count()).select_from(Article), why="test")))

    assert counted() == (50, 50, 0, "running", 50)
    with app.app_context():
        assert running.take(clock.now() + timedelta(seconds=50)) is None
        held = running.take(clock.now() + timedelta(minutes=10))
        running.run(held)
        db.session().remove()
    assert counted() == (120, 120, 0, "done", 120)
    with work() as session:
        assert session.query(TransferLine).count() == 120
        assert audit.verify().bad is None
