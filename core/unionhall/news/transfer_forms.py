"""Forms of imports and exports."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField

from unionhall.base import clock
from unionhall.desk.forms import DayField, DeskForm, at_most, choices, optional, required
from unionhall.news import labels
from unionhall.news.transfers import words


def _number(text: object) -> int:
    value = str(text or "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


class TransferForm(DeskForm):
    """Where something goes to or comes from."""

    org_id = SelectField(_l("组织"), coerce=_number, validate_choice=False)
    section_id = SelectField(_l("栏目"), coerce=_number, validate_choice=False)


class ImportForm(TransferForm):
    """A file that was exported elsewhere, perhaps with its pictures."""

    format = RadioField(_l("文件是哪一种"), choices=choices(words.FORMATS.items()), default="wxr")
    file = FileField(_l("文件"))
    media = FileField(_l("图片"))


class ExportForm(TransferForm):
    """What is to be exported, and what for."""

    format = RadioField(_l("导出成"), choices=choices((name, words.FORMATS[name]) for name in ("jsonl", "wxr")), default="jsonl")
    since = DayField(_l("从哪一天"), validators=[optional()])
    until = DayField(_l("到哪一天"), validators=[optional()])
    states = SelectMultipleField(_l("状态"), choices=choices(labels.STATES.items()))
    media = BooleanField(_l("连同图片，打成一个 .zip 文件"))
    purpose = StringField(_l("用途"), validators=[required(_l("请写明导出做什么用，会记录在案。")), at_most(200)])

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment of the period and the first after it."""
        days = (self.since.data, self.until.data)
        first, last = (clock.from_local(datetime.combine(day, datetime.min.time())) if day else None for day in days)
        return first, last + timedelta(days=1) if last else None
