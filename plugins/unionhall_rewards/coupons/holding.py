"""Whether a member may use what they hold: the site chooses if who left the union still may."""

from __future__ import annotations

from unionhall.plugin import member_covers, plugin_settings

EVERYWHERE = "/"


def may_use(member_id: int | None) -> bool:
    """Say whether a member may use their coupons: always, unless the site keeps them for those with a membership in force."""
    if plugin_settings("rewards").get("left_members_keep", True):
        return True
    return member_id is not None and member_covers(member_id, EVERYWHERE)
