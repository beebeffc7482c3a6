"""Reading settings; each process asks the database at most once a second."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, fields

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
    settings = stored()
    current_app.extensions[_KEY] = (time.monotonic() + FRESH_SECONDS, settings)
    return settings


def stored() -> SiteSettings:
    """Return the settings as the database has them this moment."""
    known = {item.name for item in fields(SiteSettings)}
    rows = db.session().execute(select(Setting.key, Setting.value))
    return SiteSettings(**{key: value for key, value in rows if key in known})


def stamp(settings: SiteSettings) -> str:
    """Return what tells one state of the settings from another, for a form to bring back."""
    return hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:16]


def forget() -> None:
    """Make this process read the settings again."""
    current_app.extensions.pop(_KEY, None)
