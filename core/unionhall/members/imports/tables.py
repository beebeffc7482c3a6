"""A small spreadsheet that somebody sent with a form, read at once: for plugins that take lists of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from flask_babel import gettext as _

from unionhall.base.crypto import config
from unionhall.base.errors import RuleBroken
from unionhall.members.imports import reading

MOST_BYTES = 5 * 1024 * 1024


def read_table(source: IO[bytes], most: int = 1000) -> tuple[list[str], list[tuple[int, Sequence[str]]]]:
    """Return the headings of an .xlsx or .csv and its lines as (number, cells), all text. Raises RuleBroken for what is no such file."""
    content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise RuleBroken(_("文件超过 %(n)s MB。请分几个文件导入。", n=MOST_BYTES // 1024 // 1024), field="file")
    with tempfile.TemporaryDirectory(dir=config().instance.resolve()) as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            sheet = reading.read(path)
            lines: list[tuple[int, Sequence[str]]] = []
            for line in sheet.lines:
                if len(lines) >= most:
                    raise RuleBroken(_("一次最多 %(n)s 行。请分几个文件导入。", n=most), field="file")
                lines.append(line)
        except RuleBroken as error:
            error.field = "file"
            raise
    return sheet.headings, lines
