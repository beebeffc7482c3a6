"""Reading settings; each process asks the database at most once a second."""

from __future__ import annotations

import time
from dataclasses import fields

from flask import current_app
from sqlalchemy import select

from unionhall.base import db
from unionhall.settings.models import Setting
from unionhall.settings.schema import SiteSettings

FRESH_SECONDS = 1.0
_KEY = "unionhall.settings"


def site_settings() -> SiteSettings:
    """Return the settings in force: stored values over defaults."""
    kept = current_app.extensions.get(_KEY)
    if kept and kept[0] > time.monotonic():
        found: SiteSettings = kept[1]
        return found
    known = {item.name for item in fields(SiteSettings)}
    rows = db.session().execute(select(Setting.key, Setting.value))
    settings = SiteSettings(**{key: value for key, value in rows if key in known})
    current_app.extensions[_KEY] = (time.monotonic() + FRESH_SECONDS, settings)
    return settings


def forget() -> None:
    """Make this process read the settings again."""
    current_app.extensions.pop(_KEY, None)
