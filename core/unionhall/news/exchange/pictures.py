"""Pictures and documents of imported articles: found in a folder, decoded before anything is written, kept once, put where they stood."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from flask_babel import gettext as _

from unionhall.hooks.types import Actor
from unionhall.media import documents, refusals
from unionhall.media import services as media
from unionhall.media.images import Picture
from unionhall.media.services import Details
from unionhall.news.exchange.decoding import Waiting, decoded
from unionhall.orgs.models import Org

AT_ONCE = min(4, os.cpu_count() or 1)
TRIED, TRIED_DOCUMENT = "/media/00/tried.jpg", "/media/file/tried/tried.pdf"
_IMG = re.compile(r"<img\b[^>]*>")
_SRC, _ALT = re.compile(r'\bsrc="([^"]*)"'), re.compile(r'\balt="([^"]*)"')
_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w+$)")
Note = Callable[[str, str], None]
Elsewhere = Callable[[str], "Shown | None"]


@dataclass(frozen=True)
class Shown:
    """A picture or document that is kept here: its number (none when it was only tried), the address that bodies keep, size in pixels."""

    id: int | None
    src: str
    width: int
    height: int
    image: bool = True


@dataclass(frozen=True)
class Told:
    """What is known of a file before it arrives: the name it was uploaded under, and what is said of it."""

    name: str = ""
    details: Details | None = None


UNKNOWN = Told()


class Pictures:
    """Takes pictures and documents in from one folder, each file once in a run; what is not there, `elsewhere` may know.

    `decode` does the slow part, several at a time, while nothing is locked; `take` then only stores, in the unit of work
    of the articles; `settle` or `forget` says what became of that unit.
    """

    def __init__(
        self, folder: Path | None, *, actor: Actor, now: datetime, dry_run: bool = False, elsewhere: Elsewhere = lambda address: None
    ) -> None:
        self.folder, self.elsewhere = folder.resolve() if folder else None, elsewhere
        self.actor, self.now, self.dry_run = actor, now, dry_run
        self._ready: dict[Path, Waiting | str] = {}
        self._kept: dict[Path, Shown] = {}
        self._unsure: list[Path] = []
        self._spool = tempfile.TemporaryDirectory(prefix="unionhall-")

    def wanted(self, addresses: Iterable[str]) -> list[Path]:
        """Return the files behind these addresses that have not been decoded yet."""
        found = dict.fromkeys(path for address in addresses if (path := self.find(address)))
        return [path for path in found if path not in self._kept and path not in self._ready]

    def decode(self, paths: Iterable[Path]) -> None:
        """Decode files, a few side by side in child processes; the database must not be held meanwhile."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self._ready]
        if not wanted:
            return
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
            self._ready.update(zip(wanted, pool.map(lambda path: self._decoded(app, path), wanted), strict=True))

    def shown(self, body: str, org: Org, note: Note, told: Mapping[str, Told] | None = None) -> str:
        """Return the body with pictures that were found at their new addresses, and words where one is missing.

        `told` is what is known of them, by their addresses.
        """

        def place(found: re.Match[str]) -> str:
            source, alt = _SRC.search(found[0]), _ALT.search(found[0])
            words = unescape(alt[1]) if alt else ""
            address = unescape(source[1]) if source else ""
            image = self.take(address, org, note, (told or {}).get(address, UNKNOWN)) if address else None
            if image is not None:
                return f'<img src="{image.src}" alt="{escape(words)}" width="{image.width}" height="{image.height}">'
            name = words or Path(urlsplit(unescape(source[1])).path if source else "").name
            return escape(_("（图片没有导入：%(name)s）", name=name))

        return _IMG.sub(place, body)

    def take(self, address: str, org: Org, note: Note, told: Told = UNKNOWN) -> Shown | None:
        """Return the picture for an address or a path, None (and a note) when it is not there or cannot be taken."""
        return self._taken(address, org, _Notes(note, image=True), told)

    def attach(self, address: str, org: Org, note: Note, told: Told = UNKNOWN) -> Shown | None:
        """Return the document for an address, None (and a note) when it is not there or cannot be taken."""
        return self._taken(address, org, _Notes(note, image=False), told)

    def _taken(self, address: str, org: Org, notes: _Notes, told: Told) -> Shown | None:
        path = self.find(address)
        if path is None and (known := self.elsewhere(address)) and known.image is notes.image:
            return known
        if path is None:
            notes.missing(address if notes.image else told.name or address)
            return None
        if path not in self._kept:
            self.decode([path])
            ready = self._ready[path]
            if isinstance(ready, str) or ready.image is not notes.image:
                notes.refused(told.name or path.name, ready if isinstance(ready, str) else "")
                return None
            self._kept[path] = self._store(ready, told, path.name, org)
            self._unsure.append(path)
        if (kept := self._kept[path]).image is notes.image:
            return kept
        notes.refused(told.name or path.name, "")
        return None

    def settle(self) -> None:
        """The unit of work was stored: what was decoded for it is not needed any more."""
        for path in self._unsure:
            ready = self._ready.pop(path, None)
            for file in ready.files if isinstance(ready, Waiting) else ():
                file.unlink(missing_ok=True)
        self._unsure.clear()

    def forget(self) -> None:
        """The unit of work was rolled back: what it had stored is not there."""
        for path in self._unsure:
            self._kept.pop(path, None)
        self._unsure.clear()

    def close(self) -> None:
        """Remove what was decoded and never used."""
        self._spool.cleanup()

    def find(self, address: str) -> Path | None:
        """Return the file for `https://old.example/wp-content/uploads/2013/03/x-300x200.jpg`, or for a path inside the folder."""
        if self.folder is None:
            return None
        path = Path(unquote(urlsplit(address).path).replace("\0", ""))
        if path.is_absolute() and path.is_relative_to(self.folder):
            return path if path.is_file() else None
        parts = [part for part in path.parts if part not in {"/", "..", ""} and len(part) < 200]
        for tail in (parts[at:] for at in range(len(parts))):
            for name in dict.fromkeys([tail[-1], _SIZED.sub("", tail[-1])]):
                found = self.folder.joinpath(*tail[:-1], name).resolve()
                if found.is_relative_to(self.folder) and found.is_file():
                    return found
        return _named(self.folder).get(_SIZED.sub("", parts[-1]).lower()) if parts else None

    def _decoded(self, app: Flask, path: Path) -> Waiting | str:
        with app.app_context():
            return decoded(path, self._spool.name)

    def _store(self, ready: Waiting, told: Told, name: str, org: Org) -> Shown:
        if self.dry_run:
            size = (ready.prepared.width, ready.prepared.height) if isinstance(ready.prepared, Picture) else (0, 0)
            return Shown(None, TRIED if ready.image else TRIED_DOCUMENT, *size, image=ready.image)
        name, ending = told.name or name, ready.prepared.extension
        if not ready.image and documents.ending(name) != ending:
            name = f"{name}.{ending}"  # readers download it under this name: it says what was judged
        asset = media.keep(ready.whole(), name, org=org, details=told.details, actor=self.actor, now=self.now).asset
        return Shown(asset.id, asset.address, asset.width, asset.height, asset.is_image)


@dataclass(frozen=True)
class _Notes:
    """What is said of a picture, or of a document, that does not arrive."""

    note: Note
    image: bool

    def missing(self, name: str) -> None:
        """Say that it is not there."""
        if self.image:
            self.note("picture-missing", _("没有找到图片“%(name)s”，正文里留了文字。", name=name[-120:]))
        else:
            self.note("document-missing", _("没有找到文件“%(name)s”，正文里留了文字。", name=name[-120:]))

    def refused(self, name: str, why: str) -> None:
        """Say why it was not taken; without a reason it is of the other kind."""
        if self.image:
            why = why or refusals.explained("only-image")
            self.note("picture-refused", _("图片“%(name)s”没有导入：%(why)s", name=name, why=why))
        else:
            why = why or refusals.explained("only-document")
            self.note("document-refused", _("文件“%(name)s”没有导入：%(why)s", name=name, why=why))


def addresses(body: str) -> list[str]:
    """Return the addresses of the pictures in a body."""
    return [unescape(source[1]) for image in _IMG.findall(body) if (source := _SRC.search(image))]


def left_out(number: int) -> str:
    """Return what is said of an article's pictures when no folder was given."""
    return _("有 %(n)s 张图片没有导入：没有给出放图片的文件夹。正文里留了文字。", n=number)


@lru_cache(maxsize=4)
def _named(folder: Path) -> dict[str, Path]:
    """Return {file name: path} of what lies anywhere below; a name that stands for several files is left out."""
    found: dict[str, Path] = {}
    several: set[str] = set()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            name = path.name.lower()
            several |= {name} & found.keys()
            found[name] = path
    return {name: path for name, path in found.items() if name not in several}
