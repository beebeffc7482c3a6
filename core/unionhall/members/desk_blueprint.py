"""The roster's blueprint in the desk, shared by its modules."""

from flask import Blueprint

bp = Blueprint("members_desk", __name__, url_prefix="/members")
