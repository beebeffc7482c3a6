"""The list of a sheet's people as a spreadsheet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.hooks.reporting import ExportSource
from unionhall.signups import lists
from unionhall.signups.queries import READ

PEOPLE = ExportSource(
    "signups.people", _l("报名名单"), READ, lists.header, lists.rows, personal=True, full="exports.full"
)
