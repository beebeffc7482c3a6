"""Processes of their own for tests that kill one or run several: forked from one that has the code loaded already.

A child is as fresh as a new interpreter (no application, no connection, no test's frozen time) without the seconds of its start.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

SERVE = "from unionhall.testing import children; exec(children.serve())"


class Nursery:
    """The process that children are forked from; `folder` keeps what they say on stderr."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0
        self._server = subprocess.Popen([sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, code: str, *arguments: str) -> Child:
        """Run code in a new process, with these arguments in `sys.argv`."""
        self._made += 1
        said = self._folder / f"child-{self._made}.log"
        return Child(self, self._ask({"code": code, "arguments": arguments, "said": str(said)}), said)

    def wait(self, pid: int) -> int:
        """Return how a child ended: its exit code, or minus the signal."""
        return self._ask({"wait": pid})

    def end(self) -> None:
        """End it; children that still run are left alone."""
        self._server.communicate()

    def _ask(self, what: dict[str, object]) -> int:
        asking, answering = self._server.stdin, self._server.stdout
        assert asking is not None
        assert answering is not None
        asking.write(json.dumps(what) + "\n")
        asking.flush()
        return int(answering.readline())


class Child:
    """A running process."""

    def __init__(self, nursery: Nursery, pid: int, said: Path) -> None:
        self._nursery, self.pid, self._said = nursery, pid, said

    def wait(self) -> tuple[int, str]:
        """Return how it ended, exit code or minus the signal, and the end of what it said on stderr."""
        return self._nursery.wait(self.pid), self._said.read_text("utf-8", "replace")[-2000:]


def serve() -> str:
    """Load the core's features and the plugins; fork for each line that asks. Returns its code, in the child; nothing at the end."""
    from sqlalchemy.orm import configure_mappers

    from unionhall.app import FEATURES
    from unionhall.host.discovery import core_feature, find_plugins

    for name in FEATURES:
        core_feature(f"unionhall.{name}.hooks")
    find_plugins()
    configure_mappers()
    gc.freeze()  # what is loaded stays shared
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        elif not (answer := os.fork()):
            return _born(asked)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    return ""


def _born(asked: dict[str, str]) -> str:
    said = os.open(asked["said"], os.O_CREAT | os.O_WRONLY, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream, place in ((0, nothing), (1, nothing), (2, said)):
        os.dup2(place, stream)
    sys.argv = ["-c", *asked["arguments"]]
    return asked["code"]
