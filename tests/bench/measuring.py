"""Start a server, send it requests, and say what they cost: CPU time of all its processes and of the database, from /proc."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
THREADS = 8


@dataclass(frozen=True)
class Cost:
    """What one kind of request cost: CPU and wall milliseconds, requests a second, bytes of the last answer."""

    cpu: float
    p50: float
    p99: float
    rate: float
    size: int


def processes() -> dict[int, tuple[int, str, float]]:
    """Return {process id: (parent, name, CPU seconds)}."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, fields = (entry / "stat").read_text().rpartition(")")[::2]
        except OSError:
            continue
        values = fields.split()
        found[int(entry.name)] = (int(values[1]), name.partition("(")[2], (int(values[11]) + int(values[12])) / TICK)
    return found


def family(root: int, all_: dict[int, tuple[int, str, float]]) -> set[int]:
    """Return a process and everything below it."""
    found, grown = {root}, True
    while grown:
        more = {number for number, (parent, _name, _cpu) in all_.items() if parent in found}
        grown, found = not more <= found, found | more
    return found


def cpu_seconds(root: int, *, database: bool = False) -> float:
    """Return the CPU time spent so far by a server's processes, and by PostgreSQL's when asked."""
    all_ = processes()
    counted = family(root, all_) | ({number for number, item in all_.items() if item[1].startswith("postgres")} if database else set())
    # Threads of a process are in its own figure; what a finished child spent is not, so nothing may end meanwhile.
    return sum(all_[number][2] for number in counted if number in all_)


def pss_megabytes(root: int) -> dict[int, float]:
    """Return {process id: proportional memory in MB} of a server's processes."""
    found = {}
    for number in family(root, processes()):
        try:
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
        except OSError:
            continue
        found[number] = int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1]) / 1024
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def granian(target: str, environment: dict[str, str], *, workers: int = 1) -> Iterator[tuple[int, int, float]]:
    """Serve a WSGI application with one worker, or more, as `unionhall web` does; gives (process id, port, seconds until it answered)."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
               "--blocking-threads", str(THREADS), "--backlog", "1024", "--log-level", "warning", target]  # fmt: skip
    began = time.perf_counter()
    server = subprocess.Popen(command, env=os.environ | environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        while True:
            if server.poll() is not None:
                raise RuntimeError(f"{target} ended with {server.returncode}")
            try:
                exchange(socket.create_connection(("127.0.0.1", port)), request("/healthz"))
                break
            except OSError:
                threading.Event().wait(0.01)
        yield server.pid, port, time.perf_counter() - began
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def request(path: str, cookie: str = "") -> bytes:
    """Return a browser's GET."""
    extra = f"Cookie: {cookie}\r\n" if cookie else ""
    lines = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, br\r\nUser-Agent: bench\r\n{extra}\r\n"
    return lines.encode()


def exchange(connection: socket.socket, data: bytes) -> tuple[int, int]:
    """Send a request and read its answer; returns the status and the bytes of the body."""
    connection.sendall(data)
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        part = connection.recv(262144)
        if not part:
            raise ConnectionResetError
        received += part
    head = received[:end].lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else None
    if length is None:
        raise ValueError(f"no length in {head!r}")
    missing = length - (len(received) - end - 4)
    while missing > 0:
        missing -= len(connection.recv(262144))
    return int(head.split()[1]), length


def measure(root: int, port: int, requests: Sequence[bytes], *, seconds: float, database: bool = False, connections: int = 2) -> Cost:
    """Send the requests round and round for some seconds over a few connections; an answer other than 200 is an error."""
    for item in requests[:20]:
        with socket.create_connection(("127.0.0.1", port)) as warm:
            exchange(warm, item)
    walls: list[float] = []
    sizes: list[int] = []
    wrong: list[int] = []

    def send(at: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            n = at
            while time.perf_counter() < until and not wrong:
                began = time.perf_counter()
                status, size = exchange(connection, requests[n % len(requests)])
                walls.append(time.perf_counter() - began)
                n += connections
                if status != 200:
                    wrong.append(status)
            sizes.append(size)

    before, began = cpu_seconds(root, database=database), time.perf_counter()
    until = began + seconds
    threads = [threading.Thread(target=send, args=(at,)) for at in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = cpu_seconds(root, database=database) - before
    if wrong:
        raise RuntimeError(f"status {wrong[0]} for {requests[0]!r}")
    walls.sort()
    count = len(walls)
    return Cost(spent * 1000 / count, walls[count // 2] * 1000, walls[int(count * 0.99)] * 1000, count / (time.perf_counter() - began), sizes[0])
