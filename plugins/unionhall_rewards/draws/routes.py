"""Every route of draws: importing this module registers them."""

from unionhall_rewards.draws import desk, desk_steps, site

__all__ = ["desk", "desk_steps", "site"]
