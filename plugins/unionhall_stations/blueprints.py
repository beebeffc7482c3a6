"""The plugin's two blueprints; the routes are in the parts."""

from __future__ import annotations

from flask import Blueprint

site = Blueprint("stations", __name__)
desk = Blueprint("stations_desk", __name__)
