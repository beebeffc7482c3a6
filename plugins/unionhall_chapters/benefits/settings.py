"""What an administrator chooses for benefits: read from the plugin's settings."""

from __future__ import annotations

from unionhall.plugin import plugin_settings


def publicity_days() -> int:
    """Return how many working days a claim is on public view."""
    return int(plugin_settings("chapters").publicity_days)


def benefit_months() -> int:
    """Return after how many months of membership one may claim, where the benefit does not say."""
    return int(plugin_settings("chapters").benefit_months)


def claim_days() -> int:
    """Return how many days after the event one may claim, where the benefit does not say."""
    return int(plugin_settings("chapters").claim_days)


def small_number() -> int:
    """Return below which number of people a figure is not shown above the org."""
    return int(plugin_settings("chapters").small_number)
