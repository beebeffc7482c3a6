"""The desk screen."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from unionhall.plugin import current_actor, needs
from unionhall_sample import queries

bp = Blueprint("sample_desk", __name__)


@bp.get("/")
@needs("sample.read")
def suggestions() -> ResponseReturnValue:
    """List the suggestions of one's orgs."""
    return render_template("sample/desk_list.html", suggestions=queries.listed(current_actor()))
