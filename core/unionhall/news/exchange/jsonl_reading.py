"""Reading JSON lines: one line at a time, so that memory stays flat; a line that cannot be read costs only itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from pydantic import TypeAdapter, ValidationError

from unionhall.base.errors import RuleBroken
from unionhall.news.exchange import jsonl
from unionhall.news.exchange.records import Problem

LONGEST = 32 * 1024 * 1024
_ANY: TypeAdapter[Any] = TypeAdapter(dict[str, Any])
_KINDS: dict[str, type[jsonl.Line]] = {"org": jsonl.OrgLine, "section": jsonl.SectionLine, "article": jsonl.ArticleLine}


class NotAnExport(RuleBroken):
    """The file is no export of ours, or one of a later version; the message says what to do."""


@dataclass(frozen=True)
class Entry:
    """A line that was read: what it says, where it stands, and what tells one state of it from another."""

    line: int
    data: jsonl.OrgLine | jsonl.SectionLine | jsonl.ArticleLine
    digest: str = ""


@dataclass
class Source:
    """What a file says of the site that it comes from, and how many lines follow."""

    root: str = ""
    total: int = 0


def read(path: Path) -> tuple[Source, Iterator[Entry | Problem]]:
    """Return what the file says of its site, and its lines as they are read. Raises NotAnExport."""
    try:
        with path.open("rb") as file:
            site = _site(file.readline(LONGEST))
            return Source(site.root, sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))), _entries(path)
    except OSError as error:
        raise NotAnExport(_("读不了文件“%(file)s”：%(why)s", file=path.name, why=error.strerror or ""), code="file-unreadable") from error


def articles(path: Path) -> Iterator[tuple[jsonl.ArticleLine, str]]:
    """Yield the articles of a file again, each with its digest; lines that cannot be read were reported before."""
    for entry in _entries(path):
        if isinstance(entry, Entry) and isinstance(entry.data, jsonl.ArticleLine):
            yield entry.data, entry.digest


def _site(line: bytes) -> jsonl.SiteLine:
    if not line.strip():
        raise NotAnExport(_("文件是空的。请重新导出一份。"), code="file-size")
    try:
        first = _ANY.validate_json(line.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError:
        first = {}
    if first.get("format") != jsonl.FORMAT:
        message = _("这不是职工之家导出的 JSON 行文件。请用“导出”或 `unionhall export jsonl` 得到的文件。")
        raise NotAnExport(message, code="not-jsonl")
    if first.get("version") != jsonl.VERSION:
        message = _("这个文件是第 %(n)s 版格式，本站只认识第 %(known)s 版。请先升级本站，或者用同一版本再导出一次。",
                    n=str(first.get("version"))[:20], known=jsonl.VERSION)  # fmt: skip
        raise NotAnExport(message, code="unknown-version")
    try:
        return jsonl.SiteLine.model_validate_json(line.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise NotAnExport(_("文件的第一行读不懂：%(why)s", why=_reason(error)), code="not-jsonl") from error


def _entries(path: Path) -> Iterator[Entry | Problem]:
    with path.open("rb") as file:
        file.readline(LONGEST)
        number = 1
        while line := file.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST)
                yield Problem("line", "too-long", _("第 %(line)s 行超过 32 MB，跳过了。", line=number), number)
            elif line.strip():
                yield _entry(line.strip(), number)


def _entry(line: bytes, number: int) -> Entry | Problem:
    name = "line"
    try:
        kind = _ANY.validate_json(line)
        name = str(kind.get("id") or kind.get("slug") or "line")[:80]
        found = _KINDS.get(str(kind.get("type")))
        if found is None:
            message = _("第 %(line)s 行不是稿件、组织或栏目，跳过了。", line=number)
            return Problem(name, "unknown-line", message, number)
        data: Any = found.model_validate_json(line)
    except ValidationError as error:
        return Problem(name, "broken-line", _("第 %(line)s 行读不懂，跳过了：%(why)s", line=number, why=_reason(error)), number)
    return Entry(number, data, hashlib.sha256(line).hexdigest())


def _reason(error: ValidationError) -> str:
    """Return where in a line the first thing is that cannot be, and what is said of it."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])
