"""What states, ways of drawing and chances are called, and how amounts read."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState

STATES: dict[str, tuple[Text, str]] = {
    DrawState.DRAFT: (_l("草稿"), ""), DrawState.PUBLISHED: (_l("已公布，还没开始"), "info"), DrawState.OPEN: (_l("进行中"), "ok"),
    DrawState.FROZEN: (_l("已截止，等开奖"), "warn"), DrawState.DONE: (_l("已开奖"), "ok"), DrawState.VOID: (_l("已作废"), "bad"),
}  # fmt: skip
WAYS: dict[str, Text] = {Algorithm.INSTANT: _l("当场抽"), Algorithm.BATCH: _l("到时统一开奖")}


def chance(ppm: int) -> str:
    """Return a chance in millionths as a percentage: 20%, 0.1%."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + "%"


def minute(of_day: int) -> str:
    """Return a minute of the day as people write it: 18:00."""
    return f"{of_day // 60:02d}:{of_day % 60:02d}"


def standing(draw: Draw, now: datetime) -> str:
    """Return the state that a draw is in at a moment, also where the job has not noted it yet."""
    if draw.state in (DrawState.PUBLISHED, DrawState.OPEN):
        if now >= draw.closes_at:
            return DrawState.FROZEN.value
        ready = draw.algo == Algorithm.BATCH or bool(draw.public_value)
        return DrawState.OPEN.value if now >= draw.opens_at and ready else DrawState.PUBLISHED.value
    return draw.state


def state_words(draw: Draw, now: datetime) -> str:
    """Return a draw's state in words."""
    if draw.paused_at and standing(draw, now) == DrawState.OPEN:
        return _("暂停中")
    return str(STATES[standing(draw, now)][0])


def tone(draw: Draw, now: datetime) -> str:
    """Return the colour of a draw's state."""
    if draw.paused_at and standing(draw, now) == DrawState.OPEN:
        return "warn"
    return STATES[standing(draw, now)][1]


def reveal_by(draw: Draw) -> datetime:
    """Return until when the secret must be revealed, else the draw is void."""
    read = draw.closes_at if draw.algo == Algorithm.INSTANT or draw.public_at is None else max(draw.closes_at, draw.public_at)
    return read + timedelta(minutes=draw.reveal_minutes)


def short_holder(holder: str) -> str:
    """Return the end of a pseudonym, as it stands beside a masked name."""
    return holder[-3:]
