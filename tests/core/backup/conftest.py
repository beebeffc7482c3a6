"""A site with a bit of everything, and empty sites elsewhere to restore into."""

from __future__ import annotations

import io
import os
import secrets
import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from unionhall.accounts import second_factor
from unionhall.accounts.models import LoginSession
from unionhall.app import create_app
from unionhall.backup import checking, making, restoring, returning
from unionhall.backup.archive import Archive
from unionhall.base import clock, db
from unionhall.base.crypto import seal
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import services as media
from unionhall.news.models import Autosave, State
from unionhall.platform.storage import LocalFolder
from unionhall.settings import services as settings
from unionhall.testing.pytest_plugin import SETTINGS, skip_or_fail


def quiet(what, done):
    """Show no progress."""


@pytest.fixture(scope="session")
def first_files(tmp_path_factory):
    """Return `first_files(database)`: where the files lie that a site had when it began."""
    folder = tmp_path_factory.mktemp("begun")
    return lambda database: folder / database


@pytest.fixture
def site(app, beginning, work, make, monkeypatch, tmp_path, database, first_files):
    """The application with people, articles in every state, pictures, settings, a session and template overrides."""
    instance, begun = tmp_path / "here", first_files(database)
    (instance / "templates" / "site").mkdir(parents=True)
    (instance / "templates" / "site" / "home.html").write_text("{# 自己的首页 #}", "utf-8")
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update={"instance": instance}))
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(begun))

    def fill():
        with work() as session:
            write(session, make)

    beginning("a bit of everything", fill)
    shutil.copytree(begun, instance / "media")
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(instance / "media"))
    return app


def write(session, make):
    """Write what a site has."""
    org = make.org(name="青禾市总工会", slug="qinghe")
    writer = make.account(Role.CORRESPONDENT, org, login="lin")
    chief = make.account(Role.CHIEF_EDITOR, org, login="chief")
    chief.totp_sealed, chief.totp_confirmed_at = seal(second_factor.PURPOSE, "JBSWY3DPEHPK3PXP"), clock.now()
    for state in State:
        article = make.article(org, author=writer, state=state, content=make.content(f"𠮷祥·{state}", tags=("安全", "暖心")))
    picture = io.BytesIO()
    Image.new("RGB", (1000, 600), "red").save(picture, "JPEG")
    media.store_image(picture.getvalue(), "照片.jpg", org=org, actor=SYSTEM, now=clock.now())
    settings.change({"site_name": "青禾职工之家", "review_hours": 12, "credit_required": False}, actor=SYSTEM, now=clock.now())
    now = clock.now()
    session.add(Autosave(article_id=article.id, account_id=writer.id, base_id=article.head_id, seen_at=now, fields={"b": [1.5, None], "标": "“x”"}))
    session.add(LoginSession(
        account_id=chief.id, token_hash="0" * 64, started_at=now, seen_at=now, expires_at=now + timedelta(hours=1), address="", agent="",
    ))  # fmt: skip


@pytest.fixture
def archive(site, tmp_path):
    """Return `archive(**options)`: a backup of the site as it is now."""

    def made(name="site.tar", **options):
        with site.app_context():
            return making.make(tmp_path / name, now=clock.now(), **options).file

    return made


@pytest.fixture
def elsewhere(tmp_path, request):
    """Return `elsewhere(kind, **settings)`: an application on a machine of its own, its database without a table."""
    made = []

    def new(kind="sqlite", **overrides):
        name, url = f"unionhall_restore_{os.getpid()}_{secrets.token_hex(4)}", ""
        if kind == "postgresql":
            server = request.getfixturevalue("postgres_server") or skip_or_fail("no PostgreSQL")
            _administer(server, f'CREATE DATABASE "{name}"')
            made.append((server, name))
            url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        (tmp_path / name).mkdir(mode=0o700)
        app = create_app(SETTINGS | {"instance": tmp_path / name, "database_url": url} | overrides)
        request.addfinalizer(lambda: _end(app))
        return app

    yield new
    for server, name in made:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server, statement):
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _end(app):
    with app.app_context():
        db.session().remove()
        db.engine().dispose()


@pytest.fixture
def restore():
    """Return `restore(app, file)`: rows and files, as the command brings them back."""

    def back(app, file, *, force=False):
        with app.app_context(), Archive(file) as archive:
            done = restoring.restore_rows(archive, checking.check(archive), force=force, now=clock.now(), progress=quiet)
            returning.files(archive, quiet)
            return done

    return back


@pytest.fixture
def rows():
    """Return `rows(app)`: {table: its rows as lines}, without the tables that are made anew."""
    from unionhall.backup import tables

    def read(app):
        with app.app_context(), db.snapshot() as connection:
            names = [name for name in tables.names(connection) if not tables.is_rebuilt(name)]
            return {name: list(tables.lines(connection, tables.layout(connection, name))) for name in names}

    return read


