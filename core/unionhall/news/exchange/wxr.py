"""WordPress exports (WXR 1.0 to 1.2), read item by item: memory stays flat, and a broken item costs only itself.

Source of the format: the exporter in WordPress itself, wp-admin/includes/export.php. Entities and DTDs are not read (ASVS 1.5.1).
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.entities import html5
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import RuleBroken
from unionhall.news.exchange import html, shortcodes
from unionhall.news.exchange.records import Picture, Problem, Record, Wanted

LARGEST = 500 * 1024 * 1024
LARGEST_ITEM = 20 * 1024 * 1024
MOST_RESTARTS = 20
ARTICLES = frozenset({"post", "page"})
NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/", "dc": "http://purl.org/dc/elements/1.1/",
    "wfw": "http://wellformedweb.org/CommentAPI/", "excerpt": "urn:excerpt", "wp": "urn:wp",
}  # fmt: skip
_PIECES = re.compile(rb"<!\[CDATA\[|<item\b[^>]{0,500}>|</item>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITY = re.compile(r"&(\w+);")
_LONE = re.compile(r"&(?!#\d+;|#x[0-9a-fA-F]+;|amp;|lt;|gt;|quot;|apos;)")
_CDATA = re.compile(r"(<!\[CDATA\[(?:.*?\]\]>|.*\Z))", re.DOTALL)
_AUTHOR = re.compile(r"<wp:author>.{0,5000}?</wp:author>", re.DOTALL)
_SITE = re.compile(r"<wp:base_blog_url>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)|<link>\s*([^<\s]+)")
ROOT = "<rss " + " ".join(f'xmlns:{name}="{address}"' for name, address in NAMESPACES.items()) + ">"


class NotAnExport(RuleBroken):
    """The file is no WordPress export; the message says what to do."""


@dataclass
class Export:
    """What was read of an export besides its articles."""

    site: str = ""
    total: int = 0
    authors: dict[str, str] = field(default_factory=dict)
    attachments: dict[str, Picture] = field(default_factory=dict)
    uploaded_to: dict[str, list[str]] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, now: datetime) -> tuple[Export, Iterator[Record]]:
    """Return what an export says of itself, and its posts and pages as they are read. Raises NotAnExport.

    `problems` and `ignored` are complete once every record was taken.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise NotAnExport(_("读不了文件“%(file)s”：%(why)s", file=path.name, why=error.strerror or ""), code="file-unreadable") from error
    if not 0 < size <= LARGEST:
        raise NotAnExport(_("文件是空的，或者超过 500 MB。请在 WordPress 里分几次导出。"), code="file-size")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        head = data[: 2 * 1024 * 1024].decode("utf-8", "replace")
        if "<rss" not in head[:20_000]:
            message = _("这不是 WordPress 的导出文件（WXR）。请在 WordPress 后台“工具 → 导出”里下载，得到一个 .xml 文件。")
            raise NotAnExport(message, code="not-wxr")
        export = _about(head)
        for item, _line in _items(data, Export()):
            if _text(item, "wp:post_type") == "attachment":
                _note_attachment(item, export)
            elif _is_article(item):
                export.total += 1
    return export, _records(path, export, now)


def _about(head: str) -> Export:
    export = Export()
    top = head[: head.find("<item")] if "<item" in head else head
    for _whole in _AUTHOR.findall(top):
        try:
            author = _parse(_whole)
        except (ParseError, DefusedXmlException):
            continue
        login = _text(author, "wp:author_login")
        export.authors[login] = _text(author, "wp:author_display_name") or login
    found = _SITE.search(top)
    export.site = (found[1] or found[2] or "").rstrip("/") if found else ""
    return export


def _records(path: Path, export: Export, now: datetime) -> Iterator[Record]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for item, line in _items(data, export):
            kind, status = _text(item, "wp:post_type") or "post", _text(item, "wp:status")
            comments = len(item.findall("wp:comment", NAMESPACES))
            if comments:
                _count(export, "comment", comments)
            if _is_article(item):
                yield _record(item, kind, status, line, export, now)
            else:
                _count(export, status if kind in ARTICLES else kind)


def _is_article(item: Element) -> bool:
    return (_text(item, "wp:post_type") or "post") in ARTICLES and _text(item, "wp:status") not in {"trash", "auto-draft"}


def _items(data: mmap.mmap, export: Export) -> Iterator[tuple[Element, int]]:
    """Yield every item that can be read, and its line; those that cannot are problems."""
    start, line, counted, at, open_end = -1, 1, 0, 0, False
    while found := _PIECES.search(data, at):
        piece, at = found[0], found.end()
        if piece.startswith(b"<!["):
            end = -1 if open_end else data.find(b"]]>", at)
            at, open_end = (end + 3, False) if end >= 0 else (at, True)
        elif piece.startswith(b"<item"):
            if start >= 0:
                export.problems.append(_broken(line, _("这一条没有结束标记 </item>")))
            line += data[counted : found.start()].count(b"\n")
            start = counted = found.start()
        elif start >= 0:
            yield from _item(data[start : found.end()], line, export)
            start = -1
    if start >= 0:
        export.problems.append(_broken(line, _("文件到这里就断了，最后一条不完整")))


def _item(chunk: bytes, line: int, export: Export) -> Iterator[tuple[Element, int]]:
    """Yield an item; when it cannot be read, what can be read of the items that a CDATA section without an end swallowed."""
    if len(chunk) > LARGEST_ITEM:
        export.problems.append(_broken(line, _("这一条超过 20 MB")))
        return
    text = _CONTROL.sub("", chunk.decode("utf-8", "replace"))
    for _try in range(MOST_RESTARTS):
        item, problem = _read_item(text, line)
        if problem is not None:
            export.problems.append(problem)
        if item is not None:
            yield item, line
            return
        inner = text.find("<item", 5)
        if inner < 0:
            return
        line, text = line + text[:inner].count("\n"), text[inner:]


def _read_item(text: str, line: int) -> tuple[Element | None, Problem | None]:
    try:
        return _parse(text), None
    except DefusedXmlException:
        return None, _broken(line, _("里面有 XML 实体声明，出于安全不读"))
    except ParseError as error:
        first = error
    try:
        item = _parse(_mended(text))
    except (ParseError, DefusedXmlException):
        return None, _broken(line + max(0, first.position[0] - 1), str(first))
    message = _("第 %(line)s 行起的一条写法有误，已按能读懂的意思导入：%(why)s", line=line, why=str(first))
    return item, Problem("item", "mended", message, line)


def _parse(text: str) -> Element:
    root: Element = fromstring(f"{ROOT}{text}</rss>", forbid_dtd=True)
    return root[0]


def _mended(text: str) -> str:
    """Return the text with what exporters get wrong put right: lone ampersands, HTML's entities outside CDATA."""
    parts = _CDATA.split(text)
    for at in range(0, len(parts), 2):
        parts[at] = _LONE.sub("&amp;", _ENTITY.sub(_character, parts[at]))
    return "".join(parts)


def _character(found: re.Match[str]) -> str:
    return found[0] if found[1] in {"amp", "lt", "gt", "quot", "apos"} else html5.get(f"{found[1]};", found[0])


def _broken(line: int, why: str) -> Problem:
    return Problem("item", "broken-item", _("第 %(line)s 行的 <item> 读不懂，跳过了这一条：%(why)s", line=line, why=why), line)


def _text(item: Element, name: str) -> str:
    """Return an element's text; namespaces are compared by prefix, since each WXR version has its own address."""
    prefix, _colon, local = name.rpartition(":")
    found = item.find(f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local)
    return (found.text or "").strip() if found is not None else ""


def _count(export: Export, kind: str, number: int = 1) -> None:
    export.ignored[kind] = export.ignored.get(kind, 0) + number


def _note_attachment(item: Element, export: Export) -> None:
    number, address = _text(item, "wp:post_id"), _text(item, "wp:attachment_url") or _text(item, "guid")
    meta = _meta(item)
    export.uploaded_to.setdefault(_text(item, "wp:post_parent"), []).append(number)
    export.attachments[number] = Picture(address, meta.get("_wp_attachment_image_alt", ""), html.plain(_text(item, "excerpt:encoded")))


def _meta(item: Element) -> dict[str, str]:
    found = item.findall("wp:postmeta", NAMESPACES)
    return {_text(entry, "wp:meta_key"): _text(entry, "wp:meta_value") for entry in found}


def _record(item: Element, kind: str, status: str, line: int, export: Export, now: datetime) -> Record:
    number, title = _text(item, "wp:post_id"), html.plain(_text(item, "title"))
    name = title or f"#{number}"
    problems: list[Problem] = []

    def note(code: str, message: str) -> None:
        problems.append(Problem(name, code, message, line))

    at = _moment(item)
    wanted = _wanted(status, _text(item, "wp:post_password"), at, now, note)
    body = shortcodes.pictures(_text(item, "content:encoded"), export.attachments, export.uploaded_to.get(number, ()))
    creator = export.authors.get(_text(item, "dc:creator"), _text(item, "dc:creator"))
    found = item.findall("category")
    terms = [(entry.get("domain", ""), unquote(entry.get("nicename", "")), (entry.text or "").strip()) for entry in found]
    meta = _meta(item)
    thumbnail = export.attachments.get(meta.get("_thumbnail_id", ""))
    return Record(
        origin=f"wxr:{urlsplit(export.site).netloc}:{number}"[:120], title=title, wanted=wanted, at=at,
        body=_at_home(html.settled(html.paragraphs(body)), export.site), summary=html.plain(_text(item, "excerpt:encoded")),
        authors=tuple(label for domain, _slug, label in terms if domain == "author") or tuple(filter(None, [creator])),
        categories=tuple((slug, label) for domain, slug, label in terms if domain == "category" and slug != "uncategorized"),
        tags=tuple(label for domain, _slug, label in terms if domain in {"post_tag", "tag"}),
        cover=replace(thumbnail, credit=meta.get("unionhall_cover_credit", "")) if thumbnail else None,
        old=_old(item, number, export.site), page=kind == "page", line=line, problems=tuple(problems),
    )  # fmt: skip


def _wanted(status: str, password: str, at: datetime | None, now: datetime, note) -> Wanted:  # type: ignore[no-untyped-def]
    if password:
        note("password", _("原来要密码才能看，导入成草稿。要公开请编辑审过再发。"))
        return "draft"
    if status == "private":
        note("private", _("原来是私密文章，导入成草稿。"))
        return "draft"
    if status == "future" or (status == "publish" and at is not None and at > now):
        return "scheduled" if at is not None and at > now else "published"
    return "published" if status == "publish" else "draft"


def _moment(item: Element) -> datetime | None:
    """Return when it appeared: the time in UTC, else the site's own as Shanghai's; WordPress writes 0000-00-00 for none."""
    for name, utc in (("wp:post_date_gmt", True), ("wp:post_date", False)):
        try:
            found = datetime.fromisoformat(_text(item, name))
        except ValueError:
            continue
        return found.replace(tzinfo=UTC) if utc else clock.from_local(found)
    return None


def _old(item: Element, number: str, site: str) -> tuple[str, ...]:
    """Return the paths that led to it: its link, and `/?p=` with its number."""
    link = _text(item, "link")
    path = unquote(urlsplit(link).path) if not site or urlsplit(link).netloc == urlsplit(site).netloc else ""
    return tuple(dict.fromkeys(found for found in (path, f"/?p={number}") if found not in {"", "/"}))


def _at_home(text: str, site: str) -> str:
    """Return the HTML with links to the old site's own pages as paths, which redirects then answer."""
    host = urlsplit(site).netloc
    return re.sub(rf'href="https?://{re.escape(host)}(/[^"]*)?"', lambda found: f'href="{found[1] or "/"}"', text) if host else text
