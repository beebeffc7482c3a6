"""Reading settings; each process asks the database at most once a second."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields

from sqlalchemy import select

from unionhall.base import db
from unionhall.platform.pagecache.memory import remembered
from unionhall.settings.models import Setting
from unionhall.settings.schema import SiteSettings


def site_settings() -> SiteSettings:
    """Return the settings in force: stored values over defaults."""
    return remembered("settings", stored)


def stored() -> SiteSettings:
    """Return the settings as the database has them this moment."""
    known = {item.name for item in fields(SiteSettings)}
    rows = db.session().execute(select(Setting.key, Setting.value))
    return SiteSettings(**{key: value for key, value in rows if key in known})


def stamp(settings: SiteSettings) -> str:
    """Return what tells one state of the settings from another, for a form to bring back."""
    return hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:16]
