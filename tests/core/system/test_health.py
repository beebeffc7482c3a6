"""`/healthz` and `/readyz`: right for each fault, silent about versions and secrets."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from unionhall.accounts.second_factor import PURPOSE
from unionhall.app import create_app
from unionhall.base import db
from unionhall.base.crypto import seal
from unionhall.host import migrations
from unionhall.platform.pagecache import memory
from unionhall.system import health
from unionhall.testing.pytest_plugin import SETTINGS

FINE = {"database": True, "migrations": True, "disk": True, "keys": True, "clock": True}


def test_alive_asks_nothing_of_the_database(app, client):
    def refuse(*_arguments):
        raise AssertionError("the database was asked")

    with app.app_context():
        engine = db.engine()
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        client.set_cookie("uh_login", "x" * 43)
        answer = client.get("/healthz")
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


@pytest.fixture(autouse=True)
def same_clock(monkeypatch):
    """Time stands still for us, not for PostgreSQL."""
    kept = health.drift
    monkeypatch.setattr(health, "drift", lambda: 0.0)
    return kept


@pytest.mark.both
def test_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "checks": FINE})
    assert client.head("/readyz").status_code == 200
    assert client.post("/readyz").status_code == 405


def test_a_database_that_is_gone(client, monkeypatch):
    class Gone:
        def connect(self):
            raise health.SQLAlchemyError("no route to secret-host:5432")

    monkeypatch.setattr(health.db, "engine", Gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "checks": FINE | {"database": False, "migrations": False}})
    assert "secret-host" not in answer.text


def test_a_database_that_nobody_answers_for(tmp_path):
    """A real one: the port is closed."""
    (tmp_path / "inst").mkdir()
    settings = SETTINGS | {"instance": tmp_path / "inst", "database_url": "postgresql://nobody:secret-word@127.0.0.1:9/none"}
    answer = create_app(settings).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "checks": FINE | {"database": False, "migrations": False}})
    assert "secret-word" not in answer.text


def test_migrations_that_wait(client, monkeypatch):
    monkeypatch.setattr(migrations, "status", lambda *_owner: [migrations.Pending("core", "1", "2")])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"migrations": False})


@pytest.mark.parametrize("place", ["instance", "media_folder"])
def test_a_disk_that_cannot_be_written(client, monkeypatch, tmp_path, place):
    file = tmp_path / "full"
    file.write_text("")
    folders = {"instance": tmp_path, "media_folder": tmp_path, "media_url": ""} | {place: file / "below"}
    monkeypatch.setattr(health, "config", lambda: type("Config", (), folders))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"disk": False})


def test_keys_that_do_not_open(client, monkeypatch):
    def broken(*_arguments):
        raise ValueError("sealed value cannot be opened")

    monkeypatch.setattr(health, "unseal", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"keys": False})


def test_a_key_that_is_not_the_one_the_database_was_sealed_with(app, client, work, make, monkeypatch):
    with work():
        account = make.account()
        account.totp_sealed = seal(PURPOSE, "JBSWY3DPEHPK3PXP")
    assert client.get("/readyz").status_code == 200
    with app.app_context():
        memory.forget()
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update={"secret_key": "lost " * 9}))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"keys": False})
    with app.app_context():
        memory.forget()
    kept = app.config["UNIONHALL"].model_copy(update={"old_secret_keys": (SETTINGS["secret_key"],)})
    monkeypatch.setitem(app.config, "UNIONHALL", kept)
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("seconds", "well"), [(-29.0, True), (31.0, False), (-31.0, False)])
def test_a_clock_that_is_wrong(client, monkeypatch, seconds, well):
    monkeypatch.setattr(health, "drift", lambda: seconds)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["clock"]) == (200 if well else 503, well)


@pytest.mark.both
def test_the_databases_clock_is_asked(app, same_clock, database):
    """Ours stands still in May 2026; a PostgreSQL's goes on."""
    with app.app_context():
        assert abs(same_clock()) > 3600 if database == "postgresql" else same_clock() == 0.0
