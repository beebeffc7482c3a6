"""`/healthz` and `/readyz`: right for each fault, silent about versions and secrets."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from unionhall.base import db
from unionhall.host import migrations
from unionhall.system import health

FINE = {"database": True, "migrations": True, "disk": True, "keys": True}


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


def test_migrations_that_wait(client, monkeypatch):
    monkeypatch.setattr(migrations, "status", lambda: [migrations.Pending("core", "1", "2")])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"migrations": False})


def test_a_disk_that_cannot_be_written(client, monkeypatch, tmp_path):
    file = tmp_path / "full"
    file.write_text("")
    monkeypatch.setattr(health, "config", lambda: type("Config", (), {"media_folder": file / "media"}))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"disk": False})


def test_keys_that_do_not_open(client, monkeypatch):
    def broken(*_arguments):
        raise ValueError("sealed value cannot be opened")

    monkeypatch.setattr(health, "unseal", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (503, FINE | {"keys": False})
