"""The numbers that the rules of volunteering rest on; those that a site may choose come from the plugin's settings."""

from __future__ import annotations

from datetime import timedelta

from unionhall.plugin import plugin_settings

STEP = 5  # service is counted in whole steps of so many minutes, rounded down
GRACE = timedelta(minutes=30)  # so much longer than the shift may count
SETTLED_AFTER = timedelta(hours=2)
CANCEL_BEFORE = timedelta(hours=12)
NO_SHOWS, WITHIN, PAUSE = 3, timedelta(days=90), timedelta(days=30)
REPORT_WITHIN = timedelta(days=60)
AHEAD = timedelta(days=370)
MOST_AT_ONCE = 60
MOST_MINUTES = 12 * 60


def may_report() -> bool:
    """Say whether volunteers may report hours themselves."""
    return bool(plugin_settings("chapters").self_reported_hours)


def small_number() -> int:
    """Return the least number of people that is shown to those above a chapter."""
    return int(plugin_settings("chapters").small_number)
