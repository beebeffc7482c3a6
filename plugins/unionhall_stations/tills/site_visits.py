"""A member says "I am here" at a station: a QR code at the counter leads to this page, one tap counts the day."""

from __future__ import annotations

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    DeskForm,
    NotFound,
    UnionHallError,
    clock,
    current_actor,
    current_member,
    go,
    never_cache,
    session,
)
from unionhall_stations.blueprints import site
from unionhall_stations.models import Station
from unionhall_stations.tills import queries, visits


def _station(slug: str) -> Station:
    found = queries.station_by_slug(slug)
    if found is None or not found.public:
        raise NotFound()
    return found


@site.route("/<slug>/visit", methods=["GET", "POST"])
def visit(slug: str) -> ResponseReturnValue:
    """Show the button that counts a visit; count it."""
    never_cache()
    if not current_actor().known:
        abort(401)
    found, member, form, status = _station(slug), current_member(), DeskForm(), 422
    if member and form.accepted():
        try:
            fresh = visits.check_in(found, member.id, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, member, status = _station(slug), current_member(), error.status
        else:
            flash(_("欢迎来歇脚，记下了。") if fresh else _("今天在这里已经记过了，不用再点。"), "ok")
            return go(url_for("stations.visit", slug=slug))
    times = visits.times_of(found.id, member.id) if member else 0
    page = render_template("stations/tills/visit.html", station=found, member=member, form=form, times=times)
    return page, status if form.problems else 200
