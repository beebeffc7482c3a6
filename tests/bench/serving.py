"""How much a page costs, side by side with a bare Flask view in the same run: CPU milliseconds a request.

`make bench`. The site is the demo in a temporary folder, on SQLite; requests are made in the process, one after another.
"""

from __future__ import annotations

import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

ROUNDS, BATCH = 7, 60


def milliseconds(app: Callable, path: str) -> float:
    """Return the median over rounds of CPU milliseconds a request."""
    environ = EnvironBuilder(path=path, base_url="http://127.0.0.1:8000").get_environ
    body, status, _headers = run_wsgi_app(app, environ())
    assert status.startswith("200"), (path, status)
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(BATCH):
            body, _status, _headers = run_wsgi_app(app, environ())
            b"".join(body)
        rounds.append((time.process_time() - started) * 1000 / BATCH)
    return statistics.median(rounds)


def control() -> Flask:
    """Return the smallest Flask application there is."""
    app = Flask("control")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


def demo(folder: Path) -> Flask:
    """Return the demo site."""
    from unionhall.app import create_app
    from unionhall.setup import load_demo, set_up

    app = create_app({"instance": folder, "testing": True, "password_cost": 1, "password_memory": 8})
    with app.app_context():
        set_up("云麓省总工会")
        load_demo()
    return app


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        app = demo(Path(folder))
        with app.test_request_context():
            from unionhall.base import clock
            from unionhall.news import queries

            article = queries.latest(clock.now(), limit=1)[0].url
        base = milliseconds(control(), "/")
        sys.stdout.write(f"{'page':40} {'ms':>8} {'x bare Flask':>14}\n{'bare Flask':40} {base:8.3f} {1:14.1f}\n")
        for path in ("/healthz", "/", "/news/", article, "/orgs/", "/feed.xml", "/sitemap.xml"):
            spent = milliseconds(app, path)
            sys.stdout.write(f"{path[:40]:40} {spent:8.3f} {spent / base:14.1f}\n")


if __name__ == "__main__":
    main()
