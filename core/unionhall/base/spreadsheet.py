"""Tables for spreadsheets: CSV that Excel opens as UTF-8, with no cell that it would run as a formula (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


def csv_bytes(header: Iterable[str], rows: Iterable[Iterable[str | int]]) -> bytes:
    """Return a CSV file: byte order mark, CRLF, text that looks like a formula made harmless with a quote in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([neutral(cell) for cell in header])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def neutral(cell: str | int) -> str | int:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" \u3000").startswith(DANGEROUS) else cell
