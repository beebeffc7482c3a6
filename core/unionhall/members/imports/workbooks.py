"""Workbooks that go out: the template, and the lines that could not be imported with why. Every cell is text; none is a formula."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.members.imports import columns, files, reading, words
from unionhall.members.imports.models import ImportLine

_WIDTHS = {"name": 12, "id": 22, "kind": 14, "mobile": 15, "org": 28, "employer": 28, "job": 14, "joined": 14}
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def template() -> bytes:
    """Return the empty workbook to fill in: headings, text cells, and a sheet that explains the columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS | {"constant_memory": False, "in_memory": True}) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@", "bg_color": "#F3EDE4"})
        sheet = book.add_worksheet(_("名册"))
        for at, (field, label) in enumerate(columns.LABELS.items()):
            sheet.set_column(at, at, _WIDTHS[field], text)
            sheet.write_string(0, at, str(label), head)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet(_("说明"))
        notes.set_column(0, 0, 16)
        notes.set_column(1, 1, 90)
        for at, (label, note) in enumerate(_notes()):
            notes.write_string(at, 0, label, head)
            notes.write_string(at, 1, note)
    return out.getvalue()


def _notes() -> list[tuple[str, str]]:
    labels = {name: str(label) for name, label in columns.LABELS.items()}
    return [
        (_("怎么用"), _("在“名册”这一页从第 2 行起，一人一行。各列已经设成文本，请不要改成数值，否则证件号的后几位会丢失。")),
        (labels["name"], _("必填。少数民族和外国姓名里的点写成“·”。")),
        (labels["id"], _("必填。居民身份证 18 位，最后一位可以是 X。同一个证件号在全站只能有一个人。")),
        (labels["kind"], _("选填：居民身份证、港澳台居民证件、护照。空着就是居民身份证。")),
        (labels["mobile"], _("选填。11 位。会员激活时要收验证码，请尽量填写。")),
        (labels["org"], _("选填。写导入时所选的组织，或者它下级的全称、简称。空着就是所选的组织。")),
        (labels["employer"], _("选填。")),
        (labels["job"], _("选填。")),
        (labels["joined"], _("选填。写成 2026-05-14。空着就是导入的那一天。")),
        (_("更新"), _("名册上已有的人，空着的格子不会盖掉原来的内容。姓名不一样会列为冲突，不会改动。")),
    ]


def write_bad(import_id: int, token: str) -> None:
    """Write the lines that cannot be imported into a workbook of the import's folder, as they were sent, with why beside them."""
    wanted = select(ImportLine.line, ImportLine.field, ImportLine.code, ImportLine.detail).where(
        ImportLine.import_id == import_id, ImportLine.outcome.in_(("conflict", "invalid"))
    )
    why = {row.line: (row.field, words.told(row.code, row.detail)) for row in db.session().execute(wanted)}
    db.session().rollback()
    sheet_in = reading.read(files.folder(token) / files.UPLOAD)
    with files.create(token, files.BAD) as out, xlsxwriter.Workbook(out, _OPTIONS) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet(_("没有导入的行"))
        headings = [*sheet_in.headings, _("原来的行号"), _("哪一列"), _("原因")]
        sheet.set_column(0, len(headings) - 1, 18, text)
        sheet.set_column(len(headings) - 1, len(headings) - 1, 70, text)
        _line(sheet, 0, headings, head)
        at = 1
        for number, cells in sheet_in.lines:
            if number in why:
                padded = [*cells, *[""] * len(sheet_in.headings)][: len(sheet_in.headings)]
                _line(sheet, at, [*padded, str(number), words.column(why[number][0]), why[number][1]], text)
                at += 1


def _line(sheet: Any, at: int, cells: list[str], form: Any) -> None:
    for column, text in enumerate(cells):
        if text:
            sheet.write_string(at, column, text, form)
