"""A folder of backups: their names, how many are kept, and the nightly one, made by a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import structlog
from flask import current_app
from sqlalchemy import func, select

from unionhall.backup.making import MADE
from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.platform.audit import AuditEntry

NAME = re.compile(r"unionhall-(\d{8}-\d{6})\.tar")
PART = re.compile(r"\.unionhall-.*\.part")
HOUR = 3
ABANDONED = timedelta(days=1)
REST = timedelta(hours=1)
STATE = "unionhall.backup"
log = structlog.get_logger("unionhall.backup")


def name_in(folder: Path, now: datetime) -> Path:
    """Return the name of a backup made now in a folder of backups."""
    return folder / f"unionhall-{clock.local(now):%Y%m%d-%H%M%S}.tar"


def backups(folder: Path) -> list[Path]:
    """Return a folder's backups, oldest first."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_file())


def keep(folder: Path, number: int) -> list[Path]:
    """Remove all but the newest backups, and what a killed backup left a day ago; returns the backups that went."""
    gone = backups(folder)[:-number] if number else []
    for path in gone:
        path.unlink(missing_ok=True)
    for path in folder.iterdir():
        if PART.fullmatch(path.name) and path.stat().st_mtime < time.time() - ABANDONED.total_seconds():
            path.unlink(missing_ok=True)
    return gone


def last_made() -> datetime | None:
    """Return when the last backup was made, None when never; wherever it was put."""
    return db.session().scalar(select(func.max(AuditEntry.at)).where(AuditEntry.act == MADE))


class NightlyFailed(Exception):
    """The process that made the nightly backup ended with an error; the message is its last words."""


def nightly(now: datetime) -> None:
    """See that there is a backup of this night (the job): start one after three o'clock, hear later how it ended.

    A process of its own, because deliveries and due articles must not wait for it. Raises NightlyFailed.
    """
    if not config().backup_folder:
        return
    state = current_app.extensions.setdefault(STATE, _State())
    if state.process is not None:
        state.hear(now)
        return
    folder, local = Path(config().backup_folder), clock.local(now)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    last = NAME.fullmatch(found[-1].name) if (found := backups(folder)) else None
    made = last is not None and last[1].startswith(f"{local:%Y%m%d}")
    if local.hour >= HOUR and now >= state.rests_until and not made and not _under_way(folder):
        state.start(folder)


def _under_way(folder: Path) -> bool:
    """Say whether another worker's backup is being written here: its part has grown within the hour."""
    parts = (path for path in folder.iterdir() if PART.fullmatch(path.name))
    return any(path.stat().st_mtime > time.time() - REST.total_seconds() for path in parts)


class _State:
    """The process under way, and until when nothing is tried again after one that failed."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.words: IO[bytes] | None = None
        self.rests_until = datetime.min.replace(tzinfo=UTC)

    def start(self, folder: Path) -> None:
        self.words = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        command = [sys.executable, "-m", "unionhall", "backup", str(folder), "--keep", str(config().backup_keep), "--json"]
        self.process = subprocess.Popen(command, stdout=self.words, stderr=self.words)  # noqa: S603 - our own command

    def hear(self, now: datetime) -> None:
        if self.process is None or self.words is None or (code := self.process.poll()) is None:
            return
        with self.words as words:
            words.seek(0)
            said = words.read().decode("utf-8", "replace").strip()[-1000:]
        self.process = self.words = None
        if code:
            self.rests_until = now + REST
            raise NightlyFailed(f"unionhall backup ended with {code}: {said}")
        log.info("nightly backup made", result=said)
