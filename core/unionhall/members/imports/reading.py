"""Spreadsheets that somebody sent, read line by line as text: .xlsx and .csv (UTF-8 with or without mark, UTF-16, GB18030).

Judged before they are opened: size, passwords, bombs, how many lines. A number that a spreadsheet keeps in more than fifteen
digits comes out in scientific notation, as what it is: destroyed.
"""

from __future__ import annotations

import codecs
import csv
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from unionhall.base import archives
from unionhall.base.errors import RuleBroken
from unionhall.members.imports import columns

MOST_LINES = 300_000
MOST_COLUMNS = 100
LONGEST = 500
LIMITS = archives.Limits(inflated=300 * 1024 * 1024, members=500, ratio=200, member_ratio=300)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNWRAP = re.compile(r'^="(.*)"$', re.S)
_EXACT = 10**15


@dataclass
class Sheet:
    """An opened file: the headings, and the lines below them as (number in the spreadsheet, cells)."""

    headings: list[str]
    total: int
    lines: Iterator[tuple[int, list[str]]] = field(repr=False)


class Unreadable(RuleBroken):
    """The file is no spreadsheet that we take; the message says what to do."""

    code = "file-unreadable"


def read(path: Path) -> Sheet:
    """Open a spreadsheet. Raises Unreadable, ArchiveRefused, OSError; while lines are read, too."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_OLE):
        raise Unreadable(_("文件有密码，或者是旧的 .xls 格式。请去掉密码，另存为 .xlsx 再上传。"), code="file-encrypted")
    if start.startswith(b"PK"):
        return _workbook(path)
    if not start.strip():
        raise Unreadable(_("文件是空的。"), code="file-empty")
    return _text(path)


def cell(value: Any) -> str:
    """Return what stands in a cell as text; numbers without a fraction as digits, those too long to be exact as 3.30199E+17."""
    if isinstance(value, str):
        wrapped = _UNWRAP.match(value) if value.startswith("=") else None
        return (wrapped.group(1) if wrapped else value).strip().removeprefix("'")[:LONGEST]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (int, float)):
        if abs(value) >= _EXACT:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, (datetime, date)):
        return value.strftime("%Y-%m-%d")
    return "" if value is None else str(value)[:LONGEST]


def _workbook(path: Path) -> Sheet:
    found = archives.members(path.read_bytes(), LIMITS)
    if "EncryptedPackage" in found:
        raise Unreadable(_("文件有密码。请去掉密码再上传。"), code="file-encrypted")
    del found
    with _told():
        book = CalamineWorkbook.from_path(path)
        best: tuple[int, CalamineSheet] | None = None
        for name in book.sheet_names[:10]:
            sheet = book.get_sheet_by_name(name)
            head = [[cell(value) for value in line] for _at, line in zip(range(columns.HEAD_LINES), sheet.iter_rows(), strict=False)]
            known = max((len({columns.field_of(text) for text in line} - {""}) for line in head), default=0)
            if best is None or known > best[0]:
                best = (known, sheet)
    if best is None:
        raise Unreadable(_("文件里没有工作表。"), code="file-empty")
    sheet = best[1]
    _few_enough(sheet.total_height, sheet.total_width)
    return _sheet(([cell(value) for value in line] for line in _guarded(sheet.iter_rows())), sheet.total_height)


def _text(path: Path) -> Sheet:
    encoding = _encoding(path)
    with path.open("rb") as file:
        breaks = sum(part.count(b"\n") or part.count(b"\r") for part in iter(lambda: file.read(1024 * 1024), b""))
    _few_enough(breaks, 1)
    return _sheet(_csv_lines(path, encoding), breaks)


def _csv_lines(path: Path, encoding: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        first = file.readline(100_000)
        file.seek(0)
        delimiter = max(",;\t，", key=first.count)
        try:
            for line in csv.reader(file, delimiter=delimiter):
                yield [cell(value) for value in line[:MOST_COLUMNS]]
        except (csv.Error, UnicodeError) as error:
            raise Unreadable(_("文件读到一半读不下去了：它不是普通的表格文本。请用模板另存为 .xlsx 再上传。")) from error


def _encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8 when all of it is, else GB18030. Raises Unreadable."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            try:
                while part := file.read(1024 * 1024):
                    if "\x00" in decoder.decode(part):
                        raise Unreadable(_("这不是表格文件。请上传 .xlsx 或 .csv。"))
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return encoding
    raise Unreadable(_("这不是表格文件，或者文字编码认不出来。请另存为 .xlsx 再上传。"))


def _sheet(lines: Iterable[list[str]], total: int) -> Sheet:
    """Find the headings among the first lines; what stands above them is left out."""
    numbered = enumerate(lines, 1)
    head: list[tuple[int, list[str]]] = []
    for number, line in numbered:
        head.append((number, line))
        if len(head) >= columns.HEAD_LINES:
            break
    place = columns.find_headings([line for _number, line in head])
    if place is None:
        place = next((at for at, (_number, line) in enumerate(head) if sum(map(bool, line)) > 1), 0)
    if not head:
        raise Unreadable(_("文件是空的。"), code="file-empty")
    headings = head[place][1][:MOST_COLUMNS]

    def below() -> Iterator[tuple[int, list[str]]]:
        for number, line in head[place + 1 :]:
            if any(line):
                yield number, line
        for number, line in numbered:
            if number > MOST_LINES:
                _few_enough(number, 1)
            if any(line):
                yield number, line

    return Sheet(headings, max(0, total - head[place][0]), below())


def _few_enough(lines: int, width: int) -> None:
    if lines > MOST_LINES + 1:
        words = _("表格有 %(lines)s 行，一次最多导入 %(most)s 行。请分几个文件导入。", lines=lines, most=MOST_LINES)
        raise Unreadable(words, code="file-too-long")
    if width > 1000:
        raise Unreadable(_("表格有 %(n)s 列，不像名册。请删去多余的列。", n=width), code="file-too-wide")


def _guarded(lines: Iterator[list[Any]]) -> Iterator[list[Any]]:
    with _told():
        for line in lines:
            yield line[:MOST_COLUMNS]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (CalamineError, ValueError, OverflowError) as error:
        raise Unreadable(_("打不开这个表格文件，它可能坏了或者有密码。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")) from error
