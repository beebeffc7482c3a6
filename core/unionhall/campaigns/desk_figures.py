"""The live figures of a campaign: people and person-times kept apart, progress, days, orgs, each with its rows behind it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.campaigns import counting, editor, queries, states
from unionhall.campaigns.desk_blueprint import bp
from unionhall.desk import charts
from unionhall.desk.lists import export_url
from unionhall.orgs.models import Org
from unionhall.platform.access import current_actor, needs

MOST_DAYS = 370


@bp.get("/<int:campaign_id>/figures")
@needs(states.READ)
def figures(campaign_id: int) -> ResponseReturnValue:
    """Show how the campaign goes, as it is at this moment."""
    campaign = queries.get(campaign_id, current_actor())
    counted = counting.live(campaign)
    days = list(counting.per_day(counted).items())[-MOST_DAYS:]
    most = max((number for _day, number in days), default=0)
    label = _("每天的数字，最多的一天 %(most)s", most=format_decimal(most))
    drawn = charts.over_time([(format_date(day, _("M-d")), number) for day, number in days], label=label) if days else ""
    by_org = counting.per_org(counted)
    orgs = {org.id: org for org in db.session().scalars(select(Org).where(Org.id.in_(list(by_org))))} if by_org else {}
    heads = list(dict.fromkeys(name for row in by_org.values() for name in row))
    reached = counting.toward_goal(counted)
    return render_template(
        "campaigns/desk_figures.html", counted=counted, days=days, chart=drawn, by_org=by_org, orgs=orgs, heads=heads, reached=reached,
        percent=_percent(reached, campaign.goal_number), at=clock.now(),
        counts=next((item.component.counts for item in counted if item.component.counts), ""),
        export=export_url("campaigns.figures", {"campaign": str(campaign.id)}), **editor.head(campaign),
    )  # fmt: skip


def _percent(reached: int | None, goal: int | None) -> int | None:
    return None if reached is None or not goal else min(999, reached * 100 // goal)
