"""Chosen chapters to join as a component of a campaign, "chapters.join", with who joined since it began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select
from wtforms import Form

from unionhall.plugin import ComponentType, ComponentView, Figure, Text, absolute, clock, session, tag_page
from unionhall_chapters import pages
from unionhall_chapters.choosing import ChaptersForm, chosen
from unionhall_chapters.joining import shown
from unionhall_chapters.joining.models import Belonging
from unionhall_chapters.models import Chapter


def _config(form: Form) -> Mapping[str, Any]:
    return {"chapters": sorted(set(form["chapters"].data or []))}


def _open(view: ComponentView) -> list[Chapter]:
    found = chosen(view)
    tag_page(*(pages.tag(number) for number in found))
    return sorted((chapter for chapter in found.values() if chapter.open), key=lambda chapter: chapter.name)


def _render(view: ComponentView, _now: datetime) -> Markup:
    rows = shown.rows(_open(view))
    return Markup(render_template("chapters/component.html", rows=rows)) if rows else Markup("")


def _figures(view: ComponentView) -> Iterable[Figure]:
    joined: ColumnElement[bool] = Belonging.chapter_id.in_(list(chosen(view)))
    if view.starts_at:
        joined &= Belonging.joined_on >= clock.local_day(view.starts_at)
    if view.ends_at:
        joined &= Belonging.joined_on <= clock.local_day(view.ends_at)
    row = session().execute(select(func.count(func.distinct(Belonging.member_id)), func.count()).where(joined)).one()
    return [Figure(_l("加入协会"), int(row[0]), int(row[1]))]


def _lacks(view: ComponentView) -> Iterable[Text]:
    if not chosen(view):
        yield _("“%(title)s”还没有选协会。", title=view.title)


def _data(view: ComponentView, _now: datetime) -> Mapping[str, Any]:
    return {"chapters": [{"name": each.name, "url": absolute(f"/chapters/{each.slug}/"), "join": each.join_rule} for each in _open(view)]}


JOIN = ComponentType(
    "chapters.join", _l("加入协会"), _l("选几个协会，每个有一张卡片和“加入”的入口；数出活动期间加入了多少人。"), _render, icon="people",
    form=lambda: ChaptersForm, config_of=_config, lacks=_lacks, figures=_figures, data=_data,
)  # fmt: skip
