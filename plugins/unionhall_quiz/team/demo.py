"""The demo's months are counted at once, and the demo's member shows their name."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import clock
from unionhall_quiz.team import counting


def load(now: datetime) -> None:
    """Count what the demo's people have answered."""
    for round_id in counting.lively(clock.local_day(now)):
        for month in counting.months(clock.local_day(now)):
            counting.count(round_id, month, now)
