"""What settings give to public pages: the site's own words, as `site` in every template."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from werkzeug.local import LocalProxy

from unionhall.settings.queries import site_settings

bp = Blueprint("settings", __name__)


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Give templates `site`; the settings are read when a template first asks for one."""
    return {"site": LocalProxy(site_settings)}
