"""Services for tests: a PostgreSQL that is reachable, else a throw-away one; a Redis and an S3 that a test may stop."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ENVIRONMENT = "UNIONHALL_TEST_POSTGRES"
COMMON = ("postgresql+psycopg://root@127.0.0.1:5432/test", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def reachable(url: str) -> bool:
    """Say whether a PostgreSQL answers at this address and lets us make databases."""
    import sqlalchemy as sa

    engine = sa.create_engine(url, connect_args={"connect_timeout": 2})
    try:
        with suppress(sa.exc.SQLAlchemyError, ImportError), engine.connect() as connection:
            may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            return bool(connection.scalar(sa.text(may)))
    finally:
        engine.dispose()
    return False


def find_running() -> str | None:
    """Return the address of a PostgreSQL that tests may use, from the environment or at the usual place."""
    asked = os.environ.get(ENVIRONMENT)
    return next((url for url in ([asked] if asked else COMMON) if reachable(url)), None)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
    if found:
        return found[-1].parent
    installed = shutil.which("initdb")
    return Path(installed).resolve().parent if installed else None


def _run(*command: str) -> None:
    """Run a command; PostgreSQL refuses to run as root, so hand over to the user that its package made."""
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*owner, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def throw_away() -> Iterator[str | None]:
    """Start a PostgreSQL in a temporary folder and give its address; None without binaries."""
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="unionhall-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    _run(f"{binaries}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    _run(f"{binaries}/pg_ctl", "-D", data, "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str | None]:
    """Start a Redis that keeps nothing, and give its address; None without its binary."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _serving(command, port):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def s3(*, free: int | None = None) -> Iterator[str]:
    """Start an S3 that keeps everything in memory, and give its address; after `free` requests it asks for real keys."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    asking = {} if free is None else {"INITIAL_NO_AUTH_ACTION_COUNT": str(free)}
    with _serving(command, port, os.environ | asking):
        yield f"http://127.0.0.1:{port}"


def make_bucket(endpoint: str, name: str) -> None:
    """Make an empty bucket on a stand-in for S3."""
    with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{name}", method="PUT"), timeout=10):  # noqa: S310 - our own
        pass


@contextmanager
def _serving(command: list[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the block ends; wait until its port answers."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        for _ in range(1500):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            ended = server.poll()
            if ended is not None:
                raise RuntimeError(f"{command[0]} ended with {ended}")
            time.sleep(0.02)
        yield
    finally:
        server.kill()
        server.wait()
