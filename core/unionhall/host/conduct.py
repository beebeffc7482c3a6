"""How plugins behave in this process: hooks that fail or are slow too often put their plugin into quarantine.

Nothing here may cost a reader anything: what is counted stays in memory, and a quarantine is written by a thread of its own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

import structlog
from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.hooks.types import SYSTEM
from unionhall.host import truth
from unionhall.host.models import PluginSwitch
from unionhall.host.times import Times
from unionhall.platform import audit

if TYPE_CHECKING:
    from unionhall.host.registry import PluginHost

FAILURES, WITHIN_SECONDS = 5, 600.0
SLOW_SECONDS, SLOW_CALLS = 0.5, 20
log = structlog.get_logger("unionhall.host")


class Conduct:
    """Counts of this process: when each plugin failed, how often in a row each of its hooks was slow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[str, deque[float]] = {}
        self._slow: dict[tuple[str, str], int] = {}
        self._held: dict[str, threading.Thread] = {}
        self.times = Times()

    def is_held(self, name: str) -> bool:
        """Say whether this process is just putting a plugin into quarantine."""
        return name in self._held

    def note(self, host: PluginHost, owner: str, what: str, seconds: float, *, failed: bool) -> None:
        """Count one call; puts the plugin into quarantine when it was one too many."""
        self.times.note(owner, what, seconds, failed=failed)
        if not failed and seconds <= SLOW_SECONDS:
            if self._slow:
                self._slow.pop((owner, what), None)
            return
        reason = ""
        with self._lock:
            if failed:
                recent = self._failures.setdefault(owner, deque(maxlen=FAILURES))
                recent.append(time.monotonic())
                if len(recent) == FAILURES and recent[-1] - recent[0] <= WITHIN_SECONDS:
                    reason = "failed"
            if seconds > SLOW_SECONDS:
                log.warning("slow hook", hook=what, plugin=owner, seconds=round(seconds, 3))
                self._slow[owner, what] = self._slow.get((owner, what), 0) + 1
                if self._slow[owner, what] >= SLOW_CALLS:
                    reason = reason or "slow"
        if reason == "failed":
            self.quarantine(host, owner, _failed_words(what))
        elif reason:
            self.quarantine(host, owner, _slow_words(what))

    def quarantine(self, host: PluginHost, owner: str, reason: str) -> None:
        """Silence a plugin's display hooks: here at once, everywhere and after a restart once it is written."""
        with self._lock:
            if owner in self._held:
                return
            app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
            writing = threading.Thread(target=self._write, args=(app, owner, host.version(owner), reason), daemon=True)
            self._held[owner] = writing
            self._forgive(owner)
        log.error("plugin put into quarantine", plugin=owner, reason=reason)
        writing.start()

    def settle(self) -> None:
        """Wait until every quarantine is written (tests)."""
        for thread in list(self._held.values()):
            thread.join()

    def forget(self) -> None:
        """Drop everything that was counted (tests)."""
        self.settle()
        with self._lock:
            self._failures.clear()
            self._slow.clear()
        self.times.forget()

    def _forgive(self, owner: str) -> None:
        self._failures.pop(owner, None)
        self._slow = {key: number for key, number in self._slow.items() if key[0] != owner}

    def _write(self, app: Flask, owner: str, version: str, reason: str) -> None:
        """Keep the quarantine in the database; one that cannot be written is logged, and comes again with the next failures."""
        try:
            with app.app_context():
                _keep(owner, version, reason)
        except Exception:
            log.exception("quarantine could not be kept", plugin=owner)
        finally:
            self._held.pop(owner, None)


def _keep(owner: str, version: str, reason: str) -> None:
    row, now = PluginSwitch, clock.now()
    with db.unit_of_work():
        values = {"quarantined_at": now, "quarantined_version": version, "quarantined_for": reason}
        fresh = row.quarantined_at.is_(None) | (row.quarantined_version != version)
        if db.update_count(update(row).where(row.name == owner, row.enabled, fresh).values(**values)):
            truth.changed()
            audit.record("system.plugin_quarantined", f"plugin:{owner}", actor=SYSTEM, now=now, version=version)
    db.session().remove()


def _site_words() -> str:
    """Return the site's first language: the reason is kept, and read by others than the one who met it."""
    return config().languages[0]


def _failed_words(what: str) -> str:
    with force_locale(_site_words()):
        return _("%(what)s 在 10 分钟里出错 %(n)s 次。", what=what, n=FAILURES)


def _slow_words(what: str) -> str:
    with force_locale(_site_words()):
        return _("%(what)s 连续 %(n)s 次超过 %(s)s 秒。", what=what, n=SLOW_CALLS, s=SLOW_SECONDS)


def policy_relaxed(path: str) -> str:
    """Return the reason of a plugin whose page relaxed the content security policy."""
    with force_locale(_site_words()):
        return _("%(path)s 的回答放宽了内容安全策略（CSP）。", path=path)
