"""A member rates a visit; what readers see of ratings on a station's page."""

from __future__ import annotations

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    clock,
    current_actor,
    current_member,
    go,
    never_cache,
    session,
    takes_files,
)
from unionhall_stations import photos
from unionhall_stations.blueprints import site
from unionhall_stations.directory import queries as directory
from unionhall_stations.models import Station, StationState
from unionhall_stations.ratings import labels, queries, services
from unionhall_stations.ratings.forms import RateForm


@site.route("/<slug>/rate", methods=["GET", "POST"])
@takes_files
def rate(slug: str) -> ResponseReturnValue:
    """Rate the latest visit; see what one said before, and the replies."""
    never_cache()
    if not current_actor().known:
        abort(401)
    form, found, member, status = RateForm(), _station(slug), current_member(), 200
    if form.is_submitted():
        status = 422
    if member and form.accepted():
        member_id = member.id
        try:
            sent = photos.read(form.photo.data) if queries.unrated(found, member_id, clock.now()) else None
            found = _station(slug)
            services.rate(found, member_id, services.Said(int(form.stars.data), form.comment.data or "", sent), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, member, status = _station(slug), current_member(), error.status
        else:
            flash(_("谢谢，记下了。评语要驿站的工会看过才会公开。"), "ok")
            return go(url_for("stations.rate", slug=slug))
    days = queries.unrated(found, member.id, clock.now()) if member else []
    return render_template(
        "stations/ratings/rate.html", station=found, member=member, form=form, days=days, within=queries.RATE_WITHIN,
        rows=queries.mine(found, member.id) if member else [], states=labels.STATES,
    ), status  # fmt: skip


def panel(station_id: int) -> Markup:
    """Return what a station's page says of ratings; the same for everybody."""
    found = directory.by_ids([station_id]).get(station_id)
    if found is None or found.state not in (StationState.OPEN, StationState.PAUSED):
        return Markup()
    score = queries.recent(found, clock.now())
    page = render_template(
        "stations/ratings/panel.html", station=found, score=score, mean=labels.mean(score.mean), rows=queries.words_of(found),
        fewest=queries.FEWEST,
    )  # fmt: skip
    return Markup(page)


def _station(slug: str) -> Station:
    found = directory.by_slug(slug)
    if found.state not in (StationState.OPEN, StationState.PAUSED):
        raise NotFound()
    return found
