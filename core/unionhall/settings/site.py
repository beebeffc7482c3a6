"""What settings give to public pages: the site's own words, as `site` in every template."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.local import LocalProxy

from unionhall.settings.queries import site_settings

bp = Blueprint("settings", __name__)


# Templates say `site.site_name`; the settings are read when one first asks.
bp.add_app_template_global(LocalProxy(site_settings), "site")
