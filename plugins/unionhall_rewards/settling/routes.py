"""Every route of settling: importing this module registers them."""

from unionhall_rewards.settling import desk, desk_adjusting, desk_paying, site

__all__ = ["desk", "desk_adjusting", "desk_paying", "site"]
