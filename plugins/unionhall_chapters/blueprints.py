"""The plugin's two blueprints; the routes are in `site`, `desk` and those of the parts."""

from __future__ import annotations

from flask import Blueprint

site = Blueprint("chapters", __name__)
desk = Blueprint("chapters_desk", __name__)
