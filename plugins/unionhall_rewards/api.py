"""What other plugins may use of rewards, promised like the public API. A plugin that requires "rewards" imports this module alone."""

from __future__ import annotations

from unionhall_rewards.coupons.issuing import Issued
from unionhall_rewards.draws.audience import why_not as why_not_in_draw
from unionhall_rewards.draws.entering import Outcome, enter, outcome, outcomes_of
from unionhall_rewards.draws.shown import DrawView, draw_choices, draw_view, odds_panel

__all__ = ["DrawView", "Issued", "Outcome", "draw_choices", "draw_view", "enter", "odds_panel", "outcome", "outcomes_of", "why_not_in_draw"]
