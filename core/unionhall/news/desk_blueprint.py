"""The newsroom's blueprint; its routes lie in the `desk_*.py` files beside."""

from flask import Blueprint

bp = Blueprint("news_desk", __name__, url_prefix="/news")
