"""Next activities of chosen chapters as a component of a campaign, "chapters.activities", with who came in its time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from wtforms import Form, IntegerField
from wtforms.validators import NumberRange

from unionhall.plugin import (
    ComponentType,
    ComponentView,
    Figure,
    Text,
    people_who_came,
    tag_page,
    unscoped,
)
from unionhall_chapters.activities import pages, queries, shown
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.choosing import ChaptersForm, chosen

MOST, USUAL = 20, 6


class ActivitiesForm(ChaptersForm):
    """Whose activities, and how many."""

    limit = IntegerField(_l("最多几场"), [NumberRange(1, MOST, _l("请写 1 到 20 之间的数。"))], default=USUAL)


def _config(form: Form) -> Mapping[str, Any]:
    return {"chapters": sorted(set(form["chapters"].data or [])), "limit": form["limit"].data or USUAL}


def _rows(view: ComponentView, now: datetime) -> list[shown.Row]:
    found = chosen(view)
    tag_page(*(pages.calendar_tag(number) for number in found))
    limit = min(int(view.config.get("limit") or USUAL), MOST)
    return shown.rows(queries.coming(found, now, limit), now) if found else []


def _render(view: ComponentView, now: datetime) -> Markup:
    rows = _rows(view, now)
    return Markup(render_template("chapters/activities/component.html", rows=rows)) if rows else Markup("")


def _figures(view: ComponentView) -> Iterable[Figure]:
    held = select(Day.sheet_id).join(Series, Series.id == Day.series_id).where(queries.held_by(chosen(view)), Day.cancelled_at.is_(None))
    if view.starts_at:
        held = held.where(Day.starts_at >= view.starts_at)
    if view.ends_at:
        held = held.where(Day.starts_at < view.ends_at)
    came = people_who_came(unscoped(held, why="figures"))
    return [Figure(_l("参加协会活动"), came.people, came.times)]


def _lacks(view: ComponentView) -> Iterable[Text]:
    if not chosen(view):
        yield _("“%(title)s”还没有选协会。", title=view.title)


def _data(view: ComponentView, now: datetime) -> Mapping[str, Any]:
    rows = _rows(view, now)
    return {"days": [{"title": row.day.series.title, "starts_at": row.day.starts_at.isoformat(), "open": row.open} for row in rows]}


ACTIVITIES = ComponentType(
    "chapters.activities", _l("协会活动"), _l("选几个协会，列出接下来的活动和剩余名额。"), _render, icon="people",
    form=lambda: ActivitiesForm, config_of=_config, lacks=_lacks, figures=_figures, data=_data,
)  # fmt: skip
