"""The catalogue of services in the desk."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    can,
    clock,
    current_actor,
    go,
    needs,
    never_cache,
    require,
    session,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import catalogue, queries
from unionhall_stations.directory.forms import ServiceForm
from unionhall_stations.models import Service


@desk.get("/services/")
@needs(rights.APPROVE)
def services() -> ResponseReturnValue:
    """List the catalogue."""
    actor = current_actor()
    require(actor, rights.APPROVE, catalogue.SITE)
    shown = {"rows": queries.services(every=True), "usage": catalogue.usage(), "may_read": can(actor, rights.READ)}
    return render_template("stations/desk/services.html", **shown)


@desk.route("/services/new", methods=["GET", "POST"])
@needs(rights.APPROVE)
def new_service() -> ResponseReturnValue:
    """Add a service."""
    return _edit(None)


@desk.route("/services/<int:service_id>", methods=["GET", "POST"])
@needs(rights.APPROVE)
def edit_service(service_id: int) -> ResponseReturnValue:
    """Change a service, or switch it off."""
    return _edit(service_id)


@desk.post("/services/<int:service_id>/<where>")
@needs(rights.APPROVE)
def move_service(service_id: int, where: str) -> ResponseReturnValue:
    """Move a service in the list."""
    if where not in {"up", "down"}:
        raise NotFound()
    catalogue.move(queries.service(service_id), where == "up", actor=current_actor(), now=clock.now())
    return go(url_for("stations_desk.services") + f"#service-{service_id}")


def _edit(service_id: int | None) -> ResponseReturnValue:
    actor, status = current_actor(), 200
    never_cache()
    require(actor, rights.APPROVE, catalogue.SITE)
    found: Service | None = queries.service(service_id) if service_id is not None else None
    form = ServiceForm(data=_filled(found)) if found else ServiceForm()
    if form.accepted():
        try:
            kept = catalogue.keep(found, form.said(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.service(service_id) if service_id is not None else None, error.status
        else:
            flash(_("“%(name)s”存好了。", name=kept.name), "ok")
            return go(url_for("stations_desk.services"))
    elif form.is_submitted():
        status = 422
    return render_template("stations/desk/service.html", form=form, service=found, icons=catalogue.ICONS), status


def _filled(found: Service) -> dict[str, object]:
    names = ("name", "name_en", "icon", "summary", "active")
    return {name: getattr(found, name) for name in names} | {"checklist": "\n".join(found.checklist)}
