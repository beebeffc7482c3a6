"""The base of a plugin's settings form, and what stands between its fields and the JSON that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import wtforms
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.text import tidy
from unionhall.desk.forms import DeskForm
from unionhall.media.fields import MediaListField

_WRITTEN = (datetime, date, time)
_READ: tuple[tuple[type[wtforms.Field], type], ...] = (
    (wtforms.DateField, date), (wtforms.TimeField, time), (wtforms.DateTimeField, datetime),  # the first two are of the third, too
)  # fmt: skip


class SettingsForm(DeskForm):
    """What an administrator chooses for a plugin: each field is a setting, its `default` what holds until somebody chooses.

    Fields hold texts, numbers, choices, booleans, days, moments and assets of the media library (of the whole site's org, `org_id`).
    """

    org_id = 0
    seen = wtforms.HiddenField()

    def values(self) -> dict[str, Any]:
        """Return what was filled in, by the names of the settings."""
        return {name: _clean(self[name]) for name in fields(type(self))}

    def differing(self, stored: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """Return (label, what is stored now, what was typed) of every setting that is not the same."""
        return [
            (str(self[name].label.text), shown(stored[name]), shown(typed))
            for name, typed in self.values().items()
            if stored[name] != typed
        ]


def fields(form: type[SettingsForm]) -> dict[str, Any]:
    """Return {name: field as declared} of the settings that a form has, in its order."""
    found = {name: getattr(form, name) for name in dir(form) if not name.startswith("_") and name != "seen"}
    declared = {name: field for name, field in found.items() if hasattr(field, "_formfield")}
    return dict(sorted(declared.items(), key=lambda pair: int(pair[1].creation_counter)))


def defaults(form: type[SettingsForm]) -> dict[str, Any]:
    """Return {name: value} as it is until somebody chooses."""
    return {name: _default(field) for name, field in fields(form).items()}


def _default(field: Any) -> Any:
    if "default" in field.kwargs:
        given = field.kwargs["default"]
        return given() if callable(given) else given
    kind = field.field_class
    if issubclass(kind, MediaListField):
        return ()
    if issubclass(kind, wtforms.BooleanField):
        return False
    return "" if issubclass(kind, wtforms.StringField) and not issubclass(kind, _not_texts()) else None


def _not_texts() -> tuple[type[wtforms.Field], ...]:
    return (wtforms.IntegerField, wtforms.DecimalField, *(kind for kind, _type in _READ))


def _clean(field: wtforms.Field) -> Any:
    value = field.data
    if isinstance(value, str):
        return tidy(value, one_line=not isinstance(field, wtforms.TextAreaField))
    if value is None and isinstance(field, wtforms.StringField) and not isinstance(field, _not_texts()):
        return ""
    return tuple(value) if isinstance(value, list) else value


def to_json(value: Any) -> Any:
    """Return a setting as JSON holds it."""
    if isinstance(value, _WRITTEN):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return [to_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def from_json(field: Any, value: Any) -> Any:
    """Return a stored setting as its field's data. Raises ValueError or TypeError for what another version stored."""
    kind = field.field_class
    if value is None:
        return None
    for known, kept in _READ:
        if issubclass(kind, known):
            return kept.fromisoformat(value)  # type: ignore[attr-defined]  # of the three types above
    if issubclass(kind, wtforms.BooleanField) is not isinstance(value, bool):
        raise TypeError(value)
    if issubclass(kind, wtforms.IntegerField):
        return int(value)
    if issubclass(kind, wtforms.DecimalField):
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value


def shown(value: Any) -> str:
    """Return a setting in words, for comparing two."""
    if isinstance(value, bool):
        return _("开") if value else _("关")
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, tuple):
        return "、".join(str(item) for item in value) or "—"
    return "—" if value in (None, "") else str(value)


