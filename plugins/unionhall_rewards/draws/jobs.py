"""What time does to draws: opening, closing, revealing, ending them; compensations."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import session, unit_of_work
from unionhall_rewards.draws import drawing, pausing, queries


def tend(now: datetime) -> int:
    """Move on every draw whose time has come, each in a unit of work of its own (a job)."""
    ids = queries.due(now)
    for draw_id in ids:
        session().rollback()
        with unit_of_work():
            drawing.advance(draw_id, now)
    session().rollback()
    return len(ids) + pausing.hand_out(now)
