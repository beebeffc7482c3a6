"""An index in a folder that can be exchanged: a small file names the folder in use, and locks keep writers and builders apart."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unionhall.platform.search import analysis
from unionhall.platform.search.indexes import IndexBroken


class Place:
    """Where the index of one engine lies: `<engine>.json` names its folder and the analysis that made it."""

    def __init__(self, root: Path, engine: str) -> None:
        self.root, self.engine = root, engine
        self.pointer = root / f"{engine}.json"

    def current(self) -> Path:
        """Return the folder in use. Raises IndexBroken when there is none, or another analysis made it."""
        try:
            about = json.loads(self.pointer.read_text("ascii"))
            folder = self.root / str(about["folder"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexBroken("no index") from error
        if about.get("analysis") != analysis.VERSION:
            raise IndexBroken("made by another analysis")
        if not folder.is_dir():
            raise IndexBroken("folder is gone")
        return folder

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Give a new empty folder for an index that is being built; one that is not finished is thrown away."""
        folder = self.root / f"{self.engine}-{secrets.token_hex(6)}"
        folder.mkdir(parents=True)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def use(self, folder: Path) -> None:
        """Put a built folder in the place of the one in use, which is removed; readers change over by themselves."""
        beside = self.pointer.with_suffix(".part")
        beside.write_text(json.dumps({"folder": folder.name, "analysis": analysis.VERSION}), "ascii")
        beside.replace(self.pointer)
        for old in self.root.glob(f"{self.engine}-*"):
            if old.name != folder.name:
                shutil.rmtree(old, ignore_errors=True)

    def stamp(self) -> int:
        """Return what changes when another folder comes into use."""
        try:
            return self.pointer.stat().st_mtime_ns
        except OSError:
            return 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writers' lock; it falls with the process that holds it."""
        with self._locked("lock"):
            yield

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the builders' lock, for as long as a new folder is made; False when somebody else made one meanwhile."""
        before = self.stamp()
        with self._locked("build"):
            yield self.stamp() == before

    @contextmanager
    def _locked(self, ending: str) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / f"{self.engine}.{ending}", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
