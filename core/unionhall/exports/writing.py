"""An export's file: the rows, and below them who took it, where, when and what for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from unionhall.base import clock, spreadsheet
from unionhall.base.errors import RuleBroken
from unionhall.exports import files
from unionhall.exports.models import Export
from unionhall.hooks.reporting import Cell
from unionhall.settings.queries import site_settings

MOST_ROWS, MOST_FULL = 500_000, 20_000
TELL_EVERY = 2000
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Sheet:
    """What is written besides the rows."""

    token: str
    format: str
    header: Sequence[str]
    notes: Sequence[str]
    most: int

    @classmethod
    def of(cls, export: Export, header: Sequence[str], now: datetime) -> Sheet:
        """Return an export's sheet, its watermark made now."""
        return cls(export.token, export.format, list(header), _notes(export, now), MOST_FULL if export.full else MOST_ROWS)

    def write(self, rows: Iterable[Sequence[Cell]], lease: str, tell: Tell) -> tuple[int, int, Path]:
        """Write the rows to a file of the lease's own; returns how many rows, how many bytes, and where. Raises RuleBroken."""
        part = files.folder() / f"{self.token}.{lease}.part"
        part.unlink(missing_ok=True)
        write = spreadsheet.xlsx if self.format == "xlsx" else spreadsheet.csv_file
        try:
            number = write(part, self.header, self._counted(rows, tell), self.notes)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return number, part.stat().st_size, part

    def _counted(self, rows: Iterable[Sequence[Cell]], tell: Tell) -> Iterator[Sequence[Cell]]:
        for number, row in enumerate(rows, 1):
            if number > self.most:
                raise RuleBroken(too_many(self.most))
            yield row
            if number % TELL_EVERY == 0:
                tell(number)


def too_many(most: int) -> str:
    """Return why a list is too long to be exported."""
    shown = format_decimal(most)
    if most == MOST_FULL:
        return _("含完整号码的表格一次最多 %(most)s 行。请先筛选，或者分组织导出。", most=shown)
    return _("一次最多导出 %(most)s 行。请先筛选，或者分组织导出。", most=shown)


def file_name(export: Export) -> str:
    """Return what the file is called in somebody's downloads."""
    return f"{export.label}-{clock.local(export.created_at):%Y%m%d}-E{export.id}.{export.format}".replace("/", "-")


def _notes(export: Export, now: datetime) -> list[str]:
    notes = [
        _("导出编号：E-%(n)s", n=export.id),
        _("导出人：%(name)s（%(login)s）", name=export.author.name, login=export.author.login),
        _("组织：%(org)s及下级", org=export.org.name),
        _("时间：%(when)s", when=clock.local(now).strftime("%Y-%m-%d %H:%M")),
        _("用途：%(purpose)s", purpose=export.purpose),
        _("网站：%(site)s", site=site_settings().site_name),
    ]
    if export.personal:
        notes.append(_("含个人信息：只用于上面写的用途，用完删除，不要转发。"))
    return notes


def rows_told(number: int) -> str:
    """Return how many rows, in words."""
    return ngettext("%(shown)s 行", "%(shown)s 行", number, shown=format_decimal(number))
