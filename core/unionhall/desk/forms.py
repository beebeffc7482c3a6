"""Form helpers of the desk: messages that help, errors of services shown at their field, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

import wtforms
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import DateField, DateTimeLocalField, Field, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from unionhall.base import clock
from unionhall.base.errors import UnionHallError
from unionhall.base.web import SAFE_METHODS, fail

Day = TypeVar("Day", date, datetime)
YEARS = (1900, 2199)
"""What a day in a form may lie in: before and after that, time zones and periods cannot be reckoned with any more."""


class DeskForm(FlaskForm):  # type: ignore[misc]
    """Base of every form: CSRF, the reader's language, and a place for what a service refused."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        @property
        def locales(self) -> list[str]:
            return ["en"] if str(get_locale()) == "en" else ["zh"]

        def wrap_formdata(self, form: wtforms.Form, formdata: Any) -> Any:
            """Read what a form sent: words, and files for the fields that take them; of a JSON object, its words."""
            if formdata is not _Auto:
                return formdata
            if request.method in SAFE_METHODS:
                return None
            if request.is_json:
                sent = request.get_json(silent=True)
                return MultiDict([pair for pair in sent.items() if isinstance(pair[1], str)] if isinstance(sent, dict) else [])
            takers = [field.name for field in form if isinstance(field, wtforms.FileField)]
            return CombinedMultiDict((MultiDict([(name, file) for name in takers for file in request.files.getlist(name)]), request.form))

    optional_mark: ClassVar[bool] = True

    def refuse(self, error: UnionHallError) -> None:
        """Show a service's refusal at its field, or above the form; the unit of work rolls back."""
        fail()
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(str(error))
        else:
            field.errors = [*field.errors, str(error)]

    def accepted(self) -> bool:
        """True for a form that was sent to be saved and has no errors; any other one sent rolls the unit of work back."""
        if not self.is_submitted():
            return False
        if not self.rearrange(request.form.get("rows", "")) and self.validate():
            return True
        fail()
        return False

    def rearrange(self, order: str) -> bool:
        """Do what a button inside a field asked for, "pictures:up:2"; False when no field of this form takes such orders."""
        name, _sep, rest = order.partition(":")
        act = getattr(self._fields.get(name), "arrange", None)
        if act is None:
            return False
        verb, _sep, place = rest.partition(":")
        act(self, verb, int(place) if place.isdecimal() and len(place) < 5 else 0)
        return True

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Return (field id, message) of every error, for the summary on top."""
        found = [("", str(message)) for message in self.form_errors]
        for field in self._fields.values():
            found += [(field.id, str(message)) for message in _flat(field.errors)]
        return found


def _flat(errors: Any) -> list[Any]:
    if isinstance(errors, dict):
        return [message for part in errors.values() for message in _flat(part)]
    return [message for part in errors for message in (_flat(part) if isinstance(part, (list, tuple, dict)) else [part])]


def required(message: Any) -> InputRequired:
    """Return the validator of a field that must be filled in, with a sentence of its own."""
    return InputRequired(message)


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Return the choices of a SelectField from (value, label) pairs; values as text, coerced by the field."""
    return [wtforms.SelectChoice(value, label) for value, label in pairs]  # type: ignore[attr-defined]  # newer than the stubs


def at_most(limit: int) -> Length:
    """Return the validator of the longest text allowed, in characters."""
    return Length(max=limit, message=_l("最多 %(max)d 个字。"))


def optional() -> Optional:
    """Return the validator that lets an empty field pass."""
    return Optional(strip_whitespace=True)


class MomentField(DateTimeLocalField):
    """A Shanghai wall-clock time in the form, an aware UTC moment in `data`."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("看不懂这个时间。请写成 2026-05-14 07:30 的样子。")) from None
        if isinstance(self.data, datetime):
            naive, self.data = self.data, None
            self.data = clock.from_local(_reckonable(naive))

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class DayField(DateField):
    """A calendar day; one that cannot be read is answered with an example."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("看不懂这个日期。请写成 2026-05-14 的样子。")) from None
        if isinstance(self.data, date):
            day, self.data = self.data, None
            self.data = _reckonable(day)


def _reckonable(day: Day) -> Day:
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueError(_("年份要在 %(first)d 到 %(last)d 之间。请检查这个日期。", first=YEARS[0], last=YEARS[1]))
    return day


def no_line_breaks(_form: FlaskForm, field: Field) -> None:
    """Refuse a value that could break out of one line (mail headers, names)."""
    if field.data and any(mark in str(field.data) for mark in "\r\n"):
        raise ValidationError(_l("这里不能换行。"))
