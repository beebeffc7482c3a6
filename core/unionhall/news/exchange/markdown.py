"""A folder of Markdown, as Hexo and Hugo keep a blog: front matter, pictures beside the file, their tags and shortcodes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flask_babel import gettext as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from unionhall.base.errors import RuleBroken
from unionhall.base.text import slugify
from unionhall.news.exchange import front_matter, html
from unionhall.news.exchange.records import Picture, Problem, Record

ENDINGS = (".md", ".markdown", ".mdown")
LARGEST = 5 * 1024 * 1024
MOST = 50_000
SKIPPED = frozenset({"node_modules", ".git", "themes", "public", "_drafts.bak"})
_MORE = re.compile(r"^[ \t]*<!--\s*more\s*-->[ \t]*$", re.MULTILINE | re.IGNORECASE)
_HEXO_IMAGE = re.compile(r"\{%\s*(?:asset_img|img)\s+(?:[\w-]+\s+)*?(\S+\.\w{3,4})\s*(.*?)\s*%\}")
_HUGO_FIGURE = re.compile(r"\{\{[<%]\s*figure\s+(.*?)\s*/?[>%]\}\}", re.DOTALL)
_VALUE = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
_LINK = re.compile(r'<a href="([^"]+)"')
_TITLE = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_TASK = re.compile(r"<li>(?:<p>)?\[([ xX])\] ")


class NotAFolder(RuleBroken):
    """There is nothing that could be imported; the message says what is looked for."""


def read(folder: Path) -> tuple[int, Iterator[Record | Problem]]:
    """Return how many Markdown files lie below the folder, and a record for each in the order of their paths. Raises NotAFolder."""
    if not folder.is_dir():
        raise NotAFolder(_("“%(file)s”不是文件夹。请给出放 Markdown 文件的文件夹。", file=str(folder)), code="not-a-folder")
    files = list(_files(folder))
    if not files:
        raise NotAFolder(_("“%(file)s”里没有 .md 文件。", file=str(folder)), code="no-markdown")
    return len(files), _records(files, folder)


def whole(folder: Path) -> Path:
    """Return the folder whose pictures a blog's texts may show: Hugo keeps some beside the texts' folder, in `static`."""
    return folder.parent if (folder.parent / "static").is_dir() else folder


def _records(files: list[Path], folder: Path) -> Iterator[Record | Problem]:
    for path in files[:MOST]:
        yield from _file(path, folder)
    if len(files) > MOST:
        yield Problem(folder.name, "too-many", _("一次最多导入 %(n)s 个文件，后面的没有导入。请分几个文件夹导入。", n=MOST))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the Markdown files; links are not followed, so that nothing outside the folder is read."""
    for place, inside, names in os.walk(folder, followlinks=False):
        inside[:] = sorted(name for name in inside if name not in SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(place) / name
            if path.suffix.lower() in ENDINGS and not path.is_symlink() and name.lower() not in {"readme.md", "_index.md"}:
                yield path


def _file(path: Path, folder: Path) -> Iterator[Record | Problem]:
    name = path.relative_to(folder).as_posix()
    try:
        if path.stat().st_size > LARGEST:
            yield Problem(name, "too-large", _("文件超过 5 MB，没有导入。"))
            return
        text = _decoded(path.read_bytes())
        values, body, line = front_matter.split(text)
    except OSError as error:
        yield Problem(name, "unreadable", _("读不了这个文件：%(why)s", why=error.strerror or ""))
        return
    except front_matter.Unreadable as error:
        yield Problem(name, "front-matter", _("文件开头的说明（front matter）读不懂，没有导入：%(why)s", why=str(error)), 1)
        return
    yield _record(path, name, folder, values, body, line)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _record(path: Path, name: str, folder: Path, values: dict[str, Any], body: str, line: int) -> Record:
    get, text, texts = values.get, front_matter.text, front_matter.texts
    found = _TITLE.match(body)
    title = text(get("title")) or (found[1] if found else "") or _stem(path)
    if found and (not get("title") or found[1].strip() == title):
        body = body[found.end() :]
    before, _more, after = _split(body)
    draft = bool(get("draft")) or get("published") is False or "_drafts" in PurePosixPath(name).parts
    at = front_matter.moment(get("date"))
    problems = [] if at or draft else [Problem(name, "no-date", _("没有写日期，按导入的时间发布。"), 1)]
    cover = text(get("cover")) or text(get("thumbnail")) or text(get("featured_image")) or text(get("image"))
    return Record(
        origin=f"markdown:{_identity(name, values)}"[:120], title=title, wanted="draft" if draft else "published", at=at,
        body=_with_pictures(rendered(before + after), path, folder),
        summary=text(get("summary")) or text(get("description")) or text(get("excerpt")) or (html.plain(rendered(before)) if after else ""),
        authors=texts(get("author") or get("authors")),
        categories=tuple((slugify(word), word) for word in texts(get("categories") or get("category"))), tags=texts(get("tags")),
        cover=Picture(_address(local, folder), "") if cover and (local := beside(cover, path, folder)) else None,
        old=_old(name, values), line=line, problems=tuple(problems),
    )  # fmt: skip


def _split(body: str) -> tuple[str, str, str]:
    found = _MORE.search(body)
    return (body[: found.start()], found[0], body[found.end() :]) if found else (body, "", "")


def _stem(path: Path) -> str:
    return path.parent.name if path.stem == "index" else path.stem


def _identity(name: str, values: dict[str, Any]) -> str:
    return front_matter.text(values.get("slug")) or name.removesuffix("/index.md")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)


def rendered(text: str) -> str:
    """Return Markdown as HTML that articles know: Hexo's pictures and Hugo's figures understood, other tags left as text."""
    text = _HEXO_IMAGE.sub(lambda found: f'<img src="{escape(found[1])}" alt="{escape(str(found[2]).strip(chr(34)))}">', text)
    text = _HUGO_FIGURE.sub(_figure, text)
    made = html.settled(_markdown().render(text))
    return _TASK.sub(lambda found: "<li>☑ " if found[1] != " " else "<li>☐ ", made)


def _figure(found: re.Match[str]) -> str:
    values = dict(_VALUE.findall(found[1]))
    words = values.get("caption") or values.get("title") or ""
    caption = f"<figcaption>{escape(words)}</figcaption>" if words else ""
    return f'\n\n<figure><img src="{escape(values.get("src") or "")}" alt="{escape(values.get("alt") or words)}">{caption}</figure>\n\n'


def _with_pictures(text: str, path: Path, folder: Path) -> str:
    """Return the HTML with pictures that lie beside the file under their paths in the folder, for the importer to take them in."""

    def locate(found: re.Match[str]) -> str:
        local = beside(found[1], path, folder)
        return f'<img src="{escape(_address(local, folder))}"' if local else found[0]

    return re.sub(r'<img src="([^"]*)"', locate, text)


def _address(local: Path, folder: Path) -> str:
    """Return where a picture lies in the folder: the same wherever that was unpacked, so that importing again changes nothing."""
    return quote(local.relative_to(whole(folder).resolve()).as_posix())


def beside(address: str, path: Path, folder: Path) -> Path | None:
    """Return the file that an address in a text means, looked for where Hexo and Hugo keep pictures; None outside the folder."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    wanted = unquote(parts.path)
    root = folder.resolve()
    places = [path.parent, path.with_suffix(""), root, root / "static", root / "source", root.parent / "static", root.parent]
    for place in places:
        found = (place / wanted.lstrip("/")).resolve()
        if found.is_file() and (found.is_relative_to(root) or found.is_relative_to(root.parent / "static")):
            return found
    return None


def _old(name: str, values: dict[str, Any]) -> tuple[str, ...]:
    """Return the paths that led to it: what the front matter names, else what Hugo makes of the file's place."""
    named = [front_matter.text(values.get("permalink")), front_matter.text(values.get("url")), *_aliases(values.get("aliases"))]
    given = [unquote(urlsplit(item).path) for item in named if item and ":" not in urlsplit(item).path]
    slug = front_matter.text(values.get("slug"))
    place = PurePosixPath(name.removesuffix("/index.md")).with_suffix("")
    parts = [part for part in place.parts if part not in {"content", "source", "_posts", "_drafts"}]
    if slug and parts:
        parts[-1] = slug
    given.append("/" + "/".join(parts) + "/")
    return tuple(dict.fromkeys(_path(item) for item in given if item.strip("/")))


def _path(address: str) -> str:
    """Return a path as browsers ask for it: a folder ends with a slash, a file does not."""
    bare = "/" + address.strip("/")
    return bare if "." in bare.rpartition("/")[2] else bare + "/"


def _aliases(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
