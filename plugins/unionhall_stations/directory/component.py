"""Chosen stations as a component of a campaign, "stations.list"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from wtforms import Form, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from unionhall.plugin import (
    ComponentType,
    ComponentView,
    DeskForm,
    Text,
    absolute,
    clock,
    form_choices,
    page_until,
    session,
    tag_page,
    unscoped,
)
from unionhall_stations.directory import finding, hours, pages
from unionhall_stations.directory.finding import LISTED, Row
from unionhall_stations.models import Station


class StationsForm(DeskForm):
    """Which stations a component shows."""

    stations = SelectMultipleField(
        _l("哪些驿站"), coerce=int, validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = select(Station.id, Station.number, Station.name).where(Station.state.in_(LISTED)).order_by(Station.number, Station.id)
        rows = session().execute(unscoped(wanted, why="public"))
        self.stations.choices = form_choices((row.id, f"{row.number} · {row.name}") for row in rows)


def _config(form: Form) -> Mapping[str, Any]:
    return {"stations": sorted(set(form["stations"].data or []))}


def _chosen(view: ComponentView, now: datetime) -> list[Row]:
    ids = [item for item in view.config.get("stations") or () if isinstance(item, int)]
    tag_page(pages.CATALOGUE, *(pages.tag(number) for number in ids))
    return finding.chosen(ids, now)


def _render(view: ComponentView, now: datetime) -> Markup:
    rows = _chosen(view, now)
    if not rows:
        return Markup("")
    page_until(min(hours.true_until(row.station, row.specials, now) for row in rows))
    return Markup(render_template("stations/directory/component.html", rows=rows, now=now))


def _lacks(view: ComponentView) -> Iterable[Text]:
    if not _chosen(view, clock.now()):
        yield _("“%(title)s”还没有选驿站。", title=view.title)


def _data(view: ComponentView, now: datetime) -> Mapping[str, Any]:
    rows = _chosen(view, now)
    return {"stations": [{"name": row.station.name, "url": absolute(f"/stations/{row.station.slug}/")} for row in rows]}


LIST = ComponentType(
    "stations.list", _l("驿站"), _l("选几个驿站，列出地址、开放时间和现在开没开。"), _render, icon="pin", form=lambda: StationsForm,
    config_of=_config, lacks=_lacks, data=_data,
)  # fmt: skip
