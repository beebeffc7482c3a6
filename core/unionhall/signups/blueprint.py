"""The blueprint of readers' and members' pages; its routes lie in site.py and my.py."""

from flask import Blueprint

bp = Blueprint("signups", __name__)
