"""The figures of the campaign as a table: by component, by org, or by day, as they were counted last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from wtforms import RadioField

from unionhall.base import db
from unionhall.campaigns import counting
from unionhall.campaigns.models import Component, Count
from unionhall.desk.forms import DeskForm, choices
from unionhall.hooks.components import ComponentType, ComponentView
from unionhall.orgs.models import Org

MOST_DAYS, MOST_ORGS, SMALL = 31, 200, 5


class ResultsForm(DeskForm):
    """How the table is cut."""

    by = RadioField(_l("怎么列"), default="item", choices=choices([("item", _l("按项目")), ("org", _l("按组织")), ("day", _l("按天"))]))


@dataclass(frozen=True)
class Table:
    """A table of figures; a cell is a number, or None where there is none or it is too small to tell."""

    corner: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    until: str = ""
    small: bool = False


def _by_item(view: ComponentView) -> Table:
    rows = counting.kept(view.campaign_id)
    lines = tuple((row.label, (row.people, row.times)) for row in rows)
    return Table(_("项目"), (_("人数"), _("人次")), lines, str(rows[0].day) if rows else "")


def _by_org(view: ComponentView) -> Table:
    """Fewer than SMALL in an org are not told to everybody (features.md section 11, rule 8)."""
    rows = [row for row in counting.kept(view.campaign_id) if row.by_org]
    ids = list(dict.fromkeys(org for row in rows for org in row.by_org))[:MOST_ORGS]
    orgs = {org.id: org for org in db.session().scalars(select(Org).where(Org.id.in_(ids)))} if ids else {}
    ordered = sorted(orgs.values(), key=lambda org: (org.position, org.id))
    hidden = any(0 < number < SMALL for row in rows for number in row.by_org.values())
    lines = tuple(
        (org.short_name, tuple(number if (number := row.by_org.get(org.id, 0)) == 0 or number >= SMALL else None for row in rows))
        for org in ordered
    )  # fmt: skip
    return Table(_("组织"), tuple(row.label for row in rows), lines, str(rows[0].day) if rows else "", hidden)


def _by_day(view: ComponentView) -> Table:
    """What was added each day, newest first: counts of the first figure, one day less the day before."""
    first = select(Component.id).where(Component.campaign_id == view.campaign_id).join(Count, Count.component_id == Component.id)
    chosen = first.order_by(Component.counts.desc(), Component.position).limit(1).scalar_subquery()
    statement = select(Count).where(Count.component_id == chosen, Count.place == 0).order_by(Count.day.desc()).limit(MOST_DAYS + 1)
    rows = list(db.session().scalars(statement))
    lines = []
    for at, row in enumerate(rows[:MOST_DAYS]):
        people, times = (rows[at + 1].people, rows[at + 1].times) if at + 1 < len(rows) else (None, None)
        lines.append((str(row.day), (_more(row.people, people), _more(row.times, times))))
    label = rows[0].label if rows else ""
    return Table(_("日期"), (_("新增人数"), _("新增人次")), tuple(lines), label)


def _more(number: int | None, before: int | None) -> int | None:
    return None if number is None else number - (before or 0)


MAKERS = {"item": _by_item, "org": _by_org, "day": _by_day}


def _render(view: ComponentView, _now: datetime) -> Markup:
    by = str(view.config.get("by") or "item")
    table = MAKERS.get(by, _by_item)(view)
    return Markup(render_template("campaigns/kinds/results.html", table=table, by=by)) if table.rows else Markup("")


TYPE = ComponentType(
    "campaigns.results", _l("数据表"), _l("把各项的人数、人次列成表，几分钟更新一次。"), _render, icon="table", form=lambda: ResultsForm
)  # fmt: skip
