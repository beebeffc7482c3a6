"""The desk's forms of one station: what is said of it, its hours, its services."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    UnionHallError,
    clock,
    current_actor,
    desk_org,
    desk_scope,
    form_choices,
    go,
    needs,
    never_cache,
    orgs_by_ids,
    orgs_where,
    session,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import labels, queries, services
from unionhall_stations.directory.fields import read_spans
from unionhall_stations.directory.forms import HoursForm, OffersForm, SpecialForm, StationForm
from unionhall_stations.models import Station


def of(station_id: int) -> Station:
    """Return a station that whoever looks manages. Raises NotFound."""
    never_cache()
    return queries.managed(station_id, current_actor(), rights.MANAGE)


@desk.route("/new", methods=["GET", "POST"])
@needs(rights.MANAGE)
def new_station() -> ResponseReturnValue:
    """Propose a station."""
    actor, form, status = current_actor(), StationForm(), 200
    places = orgs_where(actor, rights.MANAGE, below=desk_scope(actor))
    if not places:
        raise NotFound()
    form.org_id.choices = form_choices((org.id, org.name) for org in places)
    if not form.is_submitted():
        form.org_id.data = desk_org(actor) if desk_org(actor) in {org.id for org in places} else places[0].id
    _offer_stores(form, None, actor)
    if form.accepted():
        try:
            made = services.propose(orgs_by_ids([form.org_id.data])[form.org_id.data], form.said(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            flash(_("记下了，编号 %(n)s。接下来填开放时间和服务。", n=made.number), "ok")
            return go(url_for("stations_desk.edit_hours", station_id=made.id))
    elif form.is_submitted():
        status = 422
    return render_template("stations/desk/new.html", form=form), status


@desk.route("/<int:station_id>/edit", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_station(station_id: int) -> ResponseReturnValue:
    """Change what is said of a station; who saves second is told."""
    actor, status = current_actor(), 200
    found = of(station_id)
    where = None if found.latitude is None or found.longitude is None else (found.latitude, found.longitude)
    form = StationForm(obj=found, data={"photos": found.photo_ids, "place": where, "store_id": found.store_id or 0})
    form.org_id.choices, form.org_id.data = form_choices([(found.org_id, found.org.name)]), found.org_id
    _offer_stores(form, found, actor)
    if not form.is_submitted():
        form.version.data = str(found.version)
    if form.accepted():
        try:
            services.keep(found, form.said(), version=form.seen, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = of(station_id), error.status
            if isinstance(error, Conflict):
                form.version.data = str(found.version)
        else:
            flash(_("资料存好了。"), "ok")
            return go(url_for("stations_desk.edit_station", station_id=station_id))
    elif form.is_submitted():
        status = 422
    return render_template("stations/desk/edit.html", station=found, form=form), status


@desk.route("/<int:station_id>/hours", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_hours(station_id: int) -> ResponseReturnValue:
    """Change a station's week, and what holds on public holidays."""
    found, form, status = of(station_id), HoursForm(), 200
    if not form.is_submitted():
        form = HoursForm(obj=found)
        form.version.data = str(found.version)
    if form.accepted():
        try:
            services.keep_hours(
                found, form.week.data, form.holidays.data or "", version=form.seen, actor=current_actor(), now=clock.now()
            )
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = of(station_id), error.status
            if isinstance(error, Conflict):
                form.version.data = str(found.version)
        else:
            flash(_("开放时间存好了。"), "ok")
            return go(url_for("stations_desk.edit_hours", station_id=station_id))
    elif form.is_submitted() and form.problems:
        status = 422
    return _hours_page(found, form, SpecialForm(formdata=None)), status


@desk.post("/<int:station_id>/hours/days")
@needs(rights.MANAGE)
def add_day(station_id: int) -> ResponseReturnValue:
    """Add special days."""
    found, form, status = of(station_id), SpecialForm(), 422
    if form.accepted() and form.since.data:
        try:
            spans = read_spans({"o1": form.opens.data or "", "c1": form.closes.data or ""}, "")
            services.add_special(
                found, form.since.data, form.until.data or form.since.data, spans, form.reason.data or "", actor=current_actor(),
                now=clock.now(),
            )  # fmt: skip
        except ValidationError as error:
            form.opens.errors = [str(error)]
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = of(station_id), error.status
        else:
            flash(_("加上了，读者马上看得到。"), "ok")
            return go(url_for("stations_desk.edit_hours", station_id=station_id) + "#days")
    week = HoursForm(formdata=None, obj=found)
    week.version.data = str(found.version)
    return _hours_page(found, week, form), status


@desk.post("/<int:station_id>/hours/days/<int:day_id>/remove")
@needs(rights.MANAGE)
def remove_day(station_id: int, day_id: int) -> ResponseReturnValue:
    """Take special days away again."""
    found = of(station_id)
    services.remove_special(found, queries.special(found, day_id), actor=current_actor(), now=clock.now())
    flash(_("去掉了。"), "ok")
    return go(url_for("stations_desk.edit_hours", station_id=station_id) + "#days")


@desk.route("/<int:station_id>/services", methods=["GET", "POST"])
@needs(rights.MANAGE)
def edit_offers(station_id: int) -> ResponseReturnValue:
    """Say what a station offers, and what does not work just now."""
    found, status = of(station_id), 200
    form = OffersForm(data={"offers": {row.service_id: (row.note, row.works) for row in found.offers}})
    if form.accepted():
        try:
            services.keep_offers(found, form.offers.data, actor=current_actor(), now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = of(station_id), error.status
        else:
            flash(_("服务存好了。"), "ok")
            return go(url_for("stations_desk.edit_offers", station_id=station_id))
    elif form.is_submitted():
        status = 422
    return render_template("stations/desk/offers.html", station=found, form=form, services=queries.services()), status


def _hours_page(found: Station, form: HoursForm, special: SpecialForm) -> str:
    days = queries.specials([found.id], clock.now()).get(found.id, [])
    return render_template("stations/desk/hours.html", station=found, form=form, special=special, days=days, weekdays=labels.WEEKDAYS)


def _offer_stores(form: StationForm, found: Station | None, actor: Actor) -> None:
    offered = {row.id: row.name for row in queries.stores("", actor, rights.READ)}
    if found is not None and found.store is not None:
        offered.setdefault(found.store.id, found.store.name)
    form.store_id.choices = form_choices([(0, _("还没有")), *offered.items()])
