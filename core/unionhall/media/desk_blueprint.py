"""The blueprint that the library's desk routes share."""

from flask import Blueprint

bp = Blueprint("media_desk", __name__, url_prefix="/media")
