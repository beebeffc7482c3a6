"""Serving: the web process, the worker process, and both together under one supervisor."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType

import structlog
from flask import Flask

from unionhall.base.crypto import config
from unionhall.hooks.types import Job
from unionhall.platform import jobs

RESTART_SECONDS = 1.0
STOP_SECONDS = 10.0
log = structlog.get_logger("unionhall.server")


def run_web(app: Flask, address: str, port: int) -> None:
    """Serve with granian until stopped."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings = config()
    Granian(
        "unionhall.wsgi:app", address=address, port=port, interface=Interfaces.WSGI, workers=settings.web_workers,
        blocking_threads=settings.web_threads, log_level=LogLevels.warning, backlog=1024, respawn_failed_workers=True,
    ).serve()


def run_worker(wanted: Callable[[], Iterable[Job]]) -> None:
    """Run due jobs until SIGTERM or SIGINT; the job under way is finished first."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    log.info("worker started")
    jobs.work(wanted, stop)


def supervise(address: str, port: int) -> int:
    """Start web and worker as processes; a dead worker is started again, a dead web server ends the whole."""
    command = [sys.executable, "-m", "unionhall"]  # UNIONHALL_SAFE is handed down
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    web = subprocess.Popen([*command, "web", "--host", address, "--port", str(port)])  # noqa: S603 - our own command
    worker = subprocess.Popen([*command, "worker"])  # noqa: S603 - our own command
    while not stop.wait(RESTART_SECONDS) and web.poll() is None:
        if worker.poll() is not None:
            log.warning("worker ended, starting it again", code=worker.returncode)
            worker = subprocess.Popen([*command, "worker"])  # noqa: S603 - our own command
    _end(web, worker)
    return 0 if stop.is_set() else web.returncode or 0


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
