"""Rosters made on the spot: valid identity numbers, spreadsheets as unions send them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from unionhall.members import identity

HEAD = ("姓名", "证件号码", "手机号", "所属工会", "工作单位", "岗位", "入会日期")


def person_number(serial: int) -> str:
    """Return a valid resident number, another for each serial below 28,000."""
    first = f"330199199006{1 + serial // 1000:02d}{serial % 1000:03d}"
    return first + identity.check_digit(first)


def workbook(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, above: Sequence[str] = ()) -> bytes:
    """Return an .xlsx file; text stays text, numbers numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名册")
        at = 0
        for title in above:
            sheet.merge_range(at, 0, at, 5, title)
            at += 1
        for line in [head, *rows]:
            for column, value in enumerate(line):
                if value is not None and value != "":
                    sheet.write(at, column, value)
            at += 1
    return out.getvalue()


def comma_separated(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", head: Sequence[str] = HEAD) -> bytes:
    """Return a .csv file."""
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode(encoding)
