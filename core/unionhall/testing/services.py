"""Services for tests: a PostgreSQL that is reachable, else a throw-away one; a Redis and an S3 that a test may stop."""

from __future__ import annotations

import os
import secrets
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
START_SECONDS = 120  # a machine that tests load; a server that ends is noticed at once
GIVEN_TO_CALLERS = Path("/proc/sys/net/ipv4/ip_local_port_range")
COMMON = ("postgresql+psycopg://root@127.0.0.1:5432/test", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def reachable(url: str) -> bool:
    """Say whether a PostgreSQL answers at this address and lets us make databases."""
    import sqlalchemy as sa

    engine = sa.create_engine(url, connect_args={"connect_timeout": 20})
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


class Postgres:
    """A PostgreSQL of our own in a temporary folder, which a test may stop and start again."""

    def __init__(self, binaries: Path) -> None:
        self._binaries, self._port = binaries, free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="unionhall-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._data = str(self._folder / "data")
        _run(f"{binaries}/initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        _run(f"{self._binaries}/pg_ctl", "-D", self._data, "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as a crash would: nobody is waited for."""
        _run(f"{self._binaries}/pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def end(self) -> None:
        """Stop it, if it runs, and remove its folder."""
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


class Redis:
    """A Redis that keeps nothing on disk, which a test may stop and start again."""

    def __init__(self, binary: str) -> None:
        self._binary, self._port = binary, free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [self._binary, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _await(self._server, self._port)

    def stop(self) -> None:
        """Kill it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None


def free_port() -> int:
    """Return a port that nobody listens on, below those that the system gives to outgoing connections: none takes it before it is used.

    Raises RuntimeError when a hundred tries found none.
    """
    given = int(GIVEN_TO_CALLERS.read_text().split()[0]) if GIVEN_TO_CALLERS.exists() else 32768
    for _ in range(100):
        port = 10_000 + secrets.randbelow(max(given - 10_000, 10_000))
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port on 127.0.0.1")


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    """Return when the port answers. Raises RuntimeError when the server ends or says nothing for two minutes."""
    for _ in range(START_SECONDS * 50):  # tries, no clock: a test may have stopped it
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if (ended := server.poll()) is not None:
            raise RuntimeError(f"{server.args!r} ended with {ended}")
        time.sleep(0.02)
    raise RuntimeError(f"{server.args!r} did not answer within {START_SECONDS} s")


@contextmanager
def own_postgres() -> Iterator[Postgres | None]:
    """Give a running PostgreSQL of our own; None without its binaries."""
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    server = Postgres(binaries)
    try:
        server.start()
        yield server
    finally:
        server.end()


@contextmanager
def own_redis() -> Iterator[Redis | None]:
    """Give a running Redis of our own; None without its binary."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield None
        return
    server = Redis(binary)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def throw_away() -> Iterator[str | None]:
    """Start a PostgreSQL in a temporary folder and give its address; None without binaries."""
    with own_postgres() as server:
        yield server.url if server else None


@contextmanager
def redis() -> Iterator[str | None]:
    """Start a Redis that keeps nothing, and give its address; None without its binary."""
    with own_redis() as server:
        yield server.url if server else None


@contextmanager
def s3(*, free: int | None = None) -> Iterator[str]:
    """Start an S3 that keeps everything in memory, and give its address; after `free` requests it asks for real keys."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    asking = {} if free is None else {"INITIAL_NO_AUTH_ACTION_COUNT": str(free)}
    with _serving(command, port, os.environ | asking):
        yield f"http://127.0.0.1:{port}"


def make_bucket(endpoint: str, name: str) -> None:
    """Make an empty bucket on a stand-in for S3."""
    with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{name}", method="PUT"), timeout=60):  # noqa: S310 - our own
        pass


@contextmanager
def _serving(command: list[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the block ends; wait until its port answers."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        _await(server, port)
        yield
    finally:
        server.kill()
        server.wait()
