"""The plugin's two blueprints; the routes are in the parts."""

from __future__ import annotations

from flask import Blueprint

site = Blueprint("quiz", __name__)
desk = Blueprint("quiz_desk", __name__)
