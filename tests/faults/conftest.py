"""A site of several real processes, on SQLite alone or on PostgreSQL and Redis of our own, which a test may stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from unionhall.app import create_app
from unionhall.base import db
from unionhall.setup import set_up
from unionhall.testing import services
from unionhall.testing.pytest_plugin import SETTINGS, skip_or_fail

START_SECONDS = 180
OWN = {"password_cost": "1", "password_memory": "8", "secret_key": SETTINGS["secret_key"]}


class Fleet:
    """Web and worker processes of one site, and this process's own application on the same database."""

    def __init__(self, folder, postgres, redis):
        self.folder, self.postgres, self.redis = folder, postgres, redis
        self.settings = OWN | {"instance": str(folder)}
        if postgres:
            self.settings |= {"database_url": postgres.url, "redis_url": redis.url}
        self.app = create_app(self.settings | {"log_level": "ERROR", "page_cache_mb": 0}, plugins=False)
        with self.app.app_context():
            set_up("云麓省总工会")
            db.session().remove()
        self.running: list[subprocess.Popen] = []
        self.webs: list[str] = []

    def run(self, command, *arguments):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
        environment = clean | {f"UNIONHALL_{name.upper()}": value for name, value in self.settings.items()}
        with (self.folder / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "unionhall", "--safe", command, *arguments], env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def start(self, *, webs=1, workers=1):
        for _ in range(webs):
            port = services.free_port()
            self.run("web", "--port", str(port))
            self.webs.append(f"http://127.0.0.1:{port}")
        for _ in range(workers):
            self.run("worker")
        for web in self.webs:
            self.until(lambda web=web: self.get(web, "/readyz")[0] == 200, START_SECONDS, "the site did not start")

    def get(self, web, path, *, timeout=60):
        """Return (status, text, headers) of a GET; status 0 when nobody listens or answers in time."""
        try:
            with urllib.request.urlopen(web + path, timeout=timeout) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers
        except OSError:
            return 0, "", {}

    def until(self, true, seconds, what):
        """Wait until something holds, and return how long that took; fail after so many seconds."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if true():
                return time.monotonic() - began
            time.sleep(0.02)
        logs = "\n".join(path.read_text()[-1500:] for path in self.folder.glob("*.log"))
        pytest.fail(f"{what} within {seconds} s\n{logs}")

    def end(self):
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        with self.app.app_context():
            db.session().remove()
            db.engine().dispose()


@pytest.fixture(params=["sqlite", "postgresql and redis"])
def fleet(request, tmp_path):
    """Give a site with its tables made; `fleet.start(webs=…, workers=…)` starts its processes."""
    with ExitStack() as stack:
        postgres = redis = None
        if request.param != "sqlite":
            postgres, redis = stack.enter_context(services.own_postgres()), stack.enter_context(services.own_redis())
            if postgres is None or redis is None:
                skip_or_fail("no PostgreSQL or no Redis is installed")
        site = Fleet(Path(tmp_path), postgres, redis)
        try:
            yield site
        finally:
            site.end()
