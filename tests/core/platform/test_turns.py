"""Pages for everybody are built one after the other on SQLite, side by side on PostgreSQL; nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from unionhall.platform.pagecache import marking, shared


@pytest.mark.both
def test_threads_take_turns_where_nobody_waits_for_a_network(app, database, monkeypatch):
    monkeypatch.setattr(marking, "LONGEST_TURN_SECONDS", 120)
    inside, most, met = [], [], threading.Barrier(2)

    @shared()
    def view():
        inside.append(1)
        most.append(len(inside))
        if database == "postgresql":
            met.wait(60)
        inside.pop()
        return "page"

    def ask():
        with app.app_context():
            assert view() == "page"

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == (2 if database == "postgresql" else 1)


def test_a_turn_that_lasts_holds_nobody_up(client, monkeypatch):
    monkeypatch.setattr(marking, "LONGEST_TURN_SECONDS", 0.01)
    with marking._turns:
        assert client.get("/").status_code == 200
    assert client.get("/").status_code == 200
    assert not marking._turns.locked()
