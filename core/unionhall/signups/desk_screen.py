"""The organiser's screen: a large code that changes every half minute, and how many are here."""

from __future__ import annotations

import segno
from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.base.web import never_cache
from unionhall.host.assets import absolute
from unionhall.platform.access import current_actor, needs
from unionhall.signups import here, lists, queries
from unionhall.signups.desk import frame
from unionhall.signups.desk_blueprint import bp
from unionhall.signups.models import State
from unionhall.signups.queries import CHECK_IN


@bp.get("/<int:sheet_id>/screen")
@needs(CHECK_IN)
def screen(sheet_id: int) -> ResponseReturnValue:
    """Show the code of this half minute; the page comes back by itself with the next one."""
    never_cache()
    found, now = queries.managed(sheet_id, current_actor(), CHECK_IN), clock.now()
    code = here.code_at(found.id, now) if here.shows(found, now) else ""
    link = absolute(url_for("signups.on_site", sheet_id=found.id, c=code))
    drawn = segno.make(link, error="m").svg_data_uri(scale=10, border=3, dark="#000000", light="#ffffff") if code else ""
    counts = lists.counts(found)
    return render_template(
        "signups/desk_screen.html", sheet=found, code=code, qr=drawn, left=here.left(now), here=counts.here,
        expected=counts.states.get(State.ACCEPTED, 0), span=here.window(found), now=now, frame=frame(found),
        short=absolute(url_for("signups.on_site", sheet_id=found.id)).split("//")[-1],
    )  # fmt: skip
