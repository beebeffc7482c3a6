"""What a preview adds to public pages: the bar that says so and leads out of it."""

from __future__ import annotations

import re

from flask import Blueprint, Response, g, render_template

from unionhall.host.looks import Look
from unionhall.themes import previewing

BODY = re.compile(rb"<body\b[^>]*>")
bp = Blueprint("themes", __name__)
bp.before_app_request(previewing.recognise)


@bp.after_app_request
def add_bar(response: Response) -> Response:
    """Put the bar at the top of a page seen in preview, whatever the theme's own templates leave out."""
    look: Look | None = g.get("look")
    if look is None or not look.preview or response.mimetype != "text/html" or response.is_streamed:
        return response
    page: bytes = response.get_data()
    if found := BODY.search(page):
        bar = render_template("themes/bar.html", look=look).encode()
        response.set_data(page[: found.end()] + b"\n" + bar + page[found.end() :])
    return response
