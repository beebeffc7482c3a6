"""What a campaign lacks before it may go to review: shown beside the editor, asked again by the service."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from unionhall.base.errors import RuleBroken
from unionhall.campaigns import offered
from unionhall.campaigns.models import Campaign


def problems(campaign: Campaign, now: datetime) -> list[str]:
    """Return what must be mended, in sentences; nothing when the campaign may go to review."""
    found = _basics(campaign, now)
    shown = [component for component in campaign.components if not component.hidden]
    if not shown:
        found.append(_("页面上还没有内容。请至少加一块。"))
    for component in shown:
        found += offered.lacks(campaign, component)
    return found


def require_complete(campaign: Campaign, now: datetime) -> None:
    """Raise RuleBroken that lists what is missing."""
    if found := problems(campaign, now):
        raise RuleBroken(_("还差这些：%(what)s", what="".join(found)), field="problems")


def _basics(campaign: Campaign, now: datetime) -> list[str]:
    found = []
    if not campaign.summary:
        found.append(_("还没有一句话介绍。"))
    if campaign.starts_at is None or campaign.ends_at is None:
        found.append(_("还没有开始和结束时间。"))
    elif campaign.ends_at <= now:
        found.append(_("结束时间已经过去了。"))
    if campaign.cover_id and campaign.cover and not (campaign.cover_alt or campaign.cover.alt):
        found.append(_("头图还缺替代文字（给看不见图的读者）。"))
    return found
