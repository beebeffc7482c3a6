"""Tables for spreadsheets: CSV that opens as UTF-8, and xlsx; no cell that is run as a formula (ASVS 1.2.10).

The one place where spreadsheets are written. Text stays text: an identity number never becomes a number.
"""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from unionhall.base import clock

Cell = str | int | float | date | datetime | None
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
INVISIBLE = " \u3000\u00a0\u200b\u200c\u200d\u2060\ufeff"
LONGEST_TEXT = 32_000  # a cell of xlsx holds 32,767 characters
LONGEST_NUMBER = 10**15  # beyond this, spreadsheets round
NARROW, WIDE, LOOKED_AT = 8, 60, 200


def csv_bytes(header: Iterable[str], rows: Iterable[Iterable[str | int]]) -> bytes:
    """Return a CSV file: byte order mark, CRLF, text that looks like a formula made harmless with a quote in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([neutral(cell) for cell in header])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def neutral(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers and days stay what they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(INVISIBLE).startswith(DANGEROUS) else cell


def csv_file(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], notes: Sequence[str] = ()) -> int:
    """Write a new CSV file that only this user may read, `notes` below the rows; returns how many rows.

    Digits that a spreadsheet would round or shorten (an identity number, a leading zero) get a quote in front.
    """
    number = 0
    with _new(path) as raw, io.TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([neutral(name) for name in header])
        for row in rows:
            writer.writerow([_plain(cell) for cell in row])
            number += 1
        for note in chain([""] if notes else [], notes):
            writer.writerow([neutral(note)])
    return number


def xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], notes: Sequence[str] = ()) -> int:
    """Write a new xlsx file that only this user may read, `notes` below the rows; returns how many rows.

    Rows are written as they come, never held in memory. Moments are told as the wall clock of Shanghai.
    """
    import xlsxwriter

    number = 0
    with _new(path) as out:
        options = {
            "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "nan_inf_to_errors": True,
        }  # fmt: skip
        book = xlsxwriter.Workbook(out, options)
        sheet = _Sheet(book)
        try:
            sheet.write(0, header, bold=True)
            for number, row in enumerate(rows, 1):
                sheet.write(number, row)
            for place, note in enumerate(notes, number + 2):
                sheet.write(place, [note], measured=False)
        finally:
            sheet.finish()
            book.close()
    return number


class _Sheet:
    """The one sheet of a workbook: each cell by its type, columns as wide as what stands in them."""

    def __init__(self, book: Any) -> None:
        self.sheet = book.add_worksheet()
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.widths: dict[int, int] = {}

    def write(self, line: int, cells: Iterable[Cell], *, bold: bool = False, measured: bool = True) -> None:
        """Write a row."""
        for place, cell in enumerate(cells):
            self._cell(line, place, cell, self.bold if bold else None)
            if measured and line < LOOKED_AT:
                self.widths[place] = max(self.widths.get(place, NARROW), _width(cell))

    def _cell(self, line: int, place: int, cell: Cell, style: Any) -> None:
        if cell is None:
            return
        if isinstance(cell, datetime):
            self.sheet.write_datetime(line, place, clock.local(cell).replace(tzinfo=None), self.moment)
        elif isinstance(cell, date):
            self.sheet.write_datetime(line, place, cell, self.day)
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < LONGEST_NUMBER:
            self.sheet.write_number(line, place, cell)
        else:
            text = str(neutral(str(cell)))[:LONGEST_TEXT]
            self.sheet.write_string(line, place, text.encode("utf-8", "replace").decode(), style)

    def finish(self) -> None:
        """Set how wide the columns are."""
        for place, width in self.widths.items():
            self.sheet.set_column(place, place, min(width + 2, WIDE))


def _width(cell: Cell) -> int:
    """Return how many columns of a letter's width a cell takes; Chinese takes two."""
    if isinstance(cell, datetime):
        return 16
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in str("" if cell is None else cell)[:WIDE])


def _plain(cell: Cell) -> str | int | float:
    """Return a cell as CSV has it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return clock.local(cell).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.isdecimal() and (len(cell) >= 12 or (cell[0] == "0" and len(cell) > 1)):
        return f"'{cell}"
    return neutral(cell)  # type: ignore[no-any-return]


def _new(path: Path) -> io.BufferedWriter:
    """Open a new file for nobody else's eyes. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
