"""Figures of stations in the desk."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from unionhall.plugin import bar_chart, clock, current_actor, desk_scope, export_url, needs, plugin_settings
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import labels
from unionhall_stations.figures import queries


@desk.get("/figures/")
@needs(rights.READ)
def figures() -> ResponseReturnValue:
    """Show how many stations are open against the target, org by org, what inspections found, which services there are."""
    actor, month = current_actor(), f"{clock.local_day(clock.now()):%Y-%m}"
    below = desk_scope(actor)
    lines, services = queries.by_org(actor, below, month), queries.services(actor, below)
    chart = bar_chart([(service.name[:4], number) for service, number, _broken in services], label=str(labels.SERVICES_CHART))
    return render_template(
        "stations/figures.html", lines=lines, services=services, chart=chart, month=month, open_now=sum(line.open for line in lines),
        target=int(plugin_settings("stations").target) if below.count("/") == 2 else 0, export=export_url("stations.list"),
    )  # fmt: skip
