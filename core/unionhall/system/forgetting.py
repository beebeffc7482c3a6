"""What the platform keeps of a plugin that is purged: jobs and runs, messages, views, settings, documents in the index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.platform.jobs import JobState
from unionhall.platform.naming import belongs_to, of_plugin
from unionhall.platform.outbox import OutboxMessage
from unionhall.platform.reads.models import DayViews, MonthViews
from unionhall.platform.runs import JobRun
from unionhall.platform.search import writing as search
from unionhall.system import plugin_settings


def forget(name: str, now: datetime) -> None:
    """Remove what lies under the plugin's name in the tables of the platform; the search index is made anew without it."""
    for table, column in ((JobState, JobState.name), (JobRun, JobRun.name), (DayViews, DayViews.kind), (MonthViews, MonthViews.kind)):
        db.session().execute(delete(table).where(of_plugin(column, name)).execution_options(synchronize_session=False))
    message = OutboxMessage
    waiting = select(message.id, message.topic, message.payload).where(message.done_at.is_(None))
    mine = [row.id for row in db.session().execute(waiting) if _mine(row.topic, row.payload, name)]
    for start in range(0, len(mine), 500):
        db.session().execute(delete(message).where(message.id.in_(mine[start : start + 500])))
    plugin_settings.forget(name)
    search.all_changed(now=now)


def _mine(topic: str, payload: dict[str, object], name: str) -> bool:
    """Say whether a message is of the plugin's: an event that it published, an object of its that search should look at."""
    said = str(payload.get("name") or payload.get("kind") or "")
    return belongs_to(topic, name) or belongs_to(said, name)
