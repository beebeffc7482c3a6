"""Pictures of imported articles: found in a folder, kept once, put in the place of their old addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _

from unionhall.base.errors import UnionHallError
from unionhall.hooks.types import Actor
from unionhall.media import services as media
from unionhall.media.models import Asset
from unionhall.orgs.models import Org

LARGEST = 12 * 1024 * 1024
_IMG = re.compile(r"<img\b[^>]*>")
_SRC, _ALT = re.compile(r'\bsrc="([^"]*)"'), re.compile(r'\balt="([^"]*)"')
_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w+$)")
Note = Callable[[str, str], None]


class Pictures:
    """Takes pictures in from one folder; the same file is taken once in a run. Without a folder none is found."""

    def __init__(self, folder: Path | None, *, org: Org, actor: Actor, now: datetime) -> None:
        self.folder = folder.resolve() if folder else None
        self.org, self.actor, self.now = org, actor, now
        self._kept: dict[Path, Asset] = {}

    def shown(self, body: str, note: Note) -> str:
        """Return the body with pictures that were found at their new addresses, and words where one is missing."""

        def place(found: re.Match[str]) -> str:
            source, alt = _SRC.search(found[0]), _ALT.search(found[0])
            words = unescape(alt[1]) if alt else ""
            image = self.take(unescape(source[1]), note) if source else None
            if image is not None:
                return f'<img src="{image.address}" alt="{escape(words)}" width="{image.width}" height="{image.height}">'
            name = words or Path(urlsplit(unescape(source[1])).path if source else "").name
            return escape(_("（图片没有导入：%(name)s）", name=name))

        return _IMG.sub(place, body)

    def take(self, address: str, note: Note) -> Asset | None:
        """Return the image for an address or a path, None (and a note) when it is not there or cannot be taken."""
        path = self._find(address)
        if path is None:
            note("picture-missing", _("没有找到图片“%(name)s”，正文里留了文字。", name=address[-120:]))
            return None
        if path not in self._kept:
            try:
                if path.stat().st_size > LARGEST:
                    raise OSError(_("超过 12 MB"))
                self._kept[path] = media.store_image(path.read_bytes(), path.name, org=self.org, actor=self.actor, now=self.now)
            except (UnionHallError, OSError) as error:
                note("picture-refused", _("图片“%(name)s”没有导入：%(why)s", name=path.name, why=str(error)))
                return None
        return self._kept[path]

    def forget(self) -> None:
        """Take nothing of a unit of work for granted that was rolled back."""
        self._kept.clear()

    def _find(self, address: str) -> Path | None:
        """Return the file for `https://old.example/wp-content/uploads/2013/03/x-300x200.jpg`, or for a path inside the folder."""
        if self.folder is None:
            return None
        path = Path(unquote(urlsplit(address).path))
        if path.is_absolute() and path.is_relative_to(self.folder):
            return path if path.is_file() else None
        parts = [part for part in path.parts if part not in {"/", "..", ""}]
        for tail in (parts[at:] for at in range(len(parts))):
            for name in dict.fromkeys([tail[-1], _SIZED.sub("", tail[-1])]):
                found = self.folder.joinpath(*tail[:-1], name).resolve()
                if found.is_file() and found.is_relative_to(self.folder):
                    return found
        return _named(self.folder).get(_SIZED.sub("", parts[-1]).lower()) if parts else None


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
