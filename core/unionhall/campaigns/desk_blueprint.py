"""The campaign desk's blueprint; its routes lie in the `desk*.py` files beside."""

from flask import Blueprint

bp = Blueprint("campaigns_desk", __name__, url_prefix="/campaigns")
