"""The drill: a backup that was never restored is a hope. Make one, restore it elsewhere, verify, throw it away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from unionhall.backup import making
from unionhall.backup.making import Progress
from unionhall.base.crypto import config

JUDGED = frozenset({"UH-D005", "UH-D006", "UH-D018", "UH-D019"})  # what a restored site can be blamed for: keys, files, database, trail


@dataclass
class Drilled:
    """How it went: sizes, seconds for each step, lines of the audit trail that hold, and what is wrong."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    backup_seconds: float = 0.0
    restore_seconds: float = 0.0
    audit_lines: int = 0
    problems: list[str] = field(default_factory=list)


def drill(work: Path | None, database_url: str, now: datetime, progress: Progress) -> Drilled:
    """Go through it. Raises Unavailable when no backup can be made; what goes wrong later is told."""
    with tempfile.TemporaryDirectory(dir=work or config().instance, prefix="drill-") as folder:
        made = making.make(Path(folder) / "drill.tar", now=now, progress=progress, note=False)
        found = Drilled(rows=made.rows, files=made.files, bytes=made.bytes, backup_seconds=made.seconds)
        child = _Child(Path(folder) / "instance", database_url)
        progress(_("恢复"), 0)
        started = time.monotonic()
        restored = child.run(found, "restore", str(made.file), "--json")
        found.restore_seconds = round(time.monotonic() - started, 3)
        if restored is None:
            return found
        if (restored["rows"], restored["files"]) != (made.rows, made.files) and not restored["aside"]:
            found.problems.append(_("恢复出来的行数或文件数不一样。"))
        progress(_("核对"), 0)
        verified = child.run(found, "verify", "--json")
        found.audit_lines = verified["checked"] if verified else 0
        for item in child.run(found, "doctor", "--deep", "--json", codes={0, 1}) or []:
            if item["id"] in JUDGED:
                found.problems.append(f"{item['id']}: {item['problem']}")
    return found


def told(found: Drilled) -> list[str]:
    """Return the report in words."""
    lines = [
        _("备份：%(rows)s 行，%(files)s 个文件，%(bytes)s 字节，%(seconds)s 秒", rows=found.rows, files=found.files, bytes=found.bytes,
          seconds=found.backup_seconds),
        _("恢复到另一处：%(seconds)s 秒，操作记录 %(lines)s 条连得上", seconds=found.restore_seconds, lines=found.audit_lines),
    ]  # fmt: skip
    return [*lines, *(found.problems or [_("演练成功：这份备份能恢复。")])]


class _Child:
    """Commands run as on a new machine: a process of its own, an instance of its own, only the keys brought along."""

    def __init__(self, instance: Path, database_url: str) -> None:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
        keys = {"SECRET_KEY": config().secret_key, "OLD_SECRET_KEYS": json.dumps(config().old_secret_keys)}
        own = {"INSTANCE": str(instance), "DATABASE_URL": database_url, "PAGE_CACHE_MB": "0", **keys}
        instance.mkdir(mode=0o700)
        self._environment = outside | {f"UNIONHALL_{name}": value for name, value in own.items()}

    def run(self, found: Drilled, *arguments: str, codes: frozenset[int] | set[int] = frozenset({0})) -> Any:
        """Return a command's JSON; None, and a problem noted, when it fails."""
        command = [sys.executable, "-m", "unionhall", *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if done.returncode not in codes:
            found.problems.append(f"unionhall {arguments[0]}: {(done.stdout + done.stderr).strip()[-500:]}")
            return None
        return json.loads(done.stdout)
