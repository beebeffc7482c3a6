"""Campaigns in reports and exports: how many were held, the list, one campaign's figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.campaigns import queries, states
from unionhall.campaigns.models import RAN, Campaign, State
from unionhall.campaigns.queries import Filter
from unionhall.hooks.reporting import Cell, ExportSource, ReportFigure
from unionhall.hooks.types import Actor
from unionhall.platform import access


def held(org_path: str, since: date, until: date) -> int:
    """Count the campaigns that ran at some time in the period, at or below the org; cancelled ones do not count."""
    start, end = (clock.from_local(datetime(day.year, day.month, day.day)) for day in (since, until))  # noqa: DTZ001 - Shanghai
    statement = select(func.count()).select_from(Campaign).where(
        Campaign.state.in_([state.value for state in RAN]), Campaign.cancelled.is_(False), Campaign.is_template.is_(False),
        Campaign.shown_at.is_not(None), Campaign.starts_at < end, Campaign.ends_at > start, access.within(Campaign, [org_path]),
    )  # fmt: skip
    return db.session().scalar(access.unscoped(statement, why="a number of the report, which judges who reads it")) or 0


def rows_url(_org_path: str, since: date, until: date) -> str:
    """Return where the campaigns of a period are listed."""
    return "/desk/campaigns/?" + urlencode({"since": since.isoformat(), "until": until.isoformat()})


def _list_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return (
        _("编号"), _("名称"), _("主办组织"), _("状态"), _("开始"), _("结束"), _("谁能参加"), _("目标"), _("目标数字"), _("计入目标的数字"),
        _("网址"),
    )  # fmt: skip


def _list_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    tab = filters.get("tab") or "all"
    wanted = Filter(
        tab=tab if tab in queries.TABS else "all", search=filters.get("q", "")[:80], below=scope, since=_day(filters.get("since")),
        until=_day(filters.get("until")),
    )  # fmt: skip
    for item in db.session().scalars(queries.every(actor, wanted)):
        yield (
            item.number, item.title, item.org.name, str(states.NAMES[State(item.state)]), item.starts_at, item.ends_at, item.audience,
            item.goal_text, item.goal_number, item.reached, item.url,
        )  # fmt: skip


def _figures_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return _("日期"), _("组件"), _("数字"), _("人数"), _("人次"), _("名额或目标")


def _figures_rows(actor: Actor, _scope: str, filters: Mapping[str, str]) -> Iterable[Sequence[Cell]]:
    text = filters.get("campaign", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound()
    campaign = queries.get(int(text), actor)
    titles = {component.id: component.title for component in campaign.components}
    for row in reversed(queries.daily(campaign.id, limit=50_000)):
        yield row.day, titles.get(row.component_id, ""), row.label, row.people, row.times, row.of


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


SOURCES = (
    ExportSource("campaigns.list", _l("活动列表"), states.READ, _list_header, _list_rows, personal=False),
    ExportSource("campaigns.figures", _l("活动数据（按天）"), states.READ, _figures_header, _figures_rows, personal=False),
)
FIGURES = (ReportFigure("campaigns.held", _l("举办活动"), _l("活动"), "items", held, rows_url, order=200),)
