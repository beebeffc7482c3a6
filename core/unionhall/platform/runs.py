"""What jobs did lately: a bounded history, enough to see what went wrong and since when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db

KEPT = 50
KEPT_FOR = timedelta(days=30)


class JobRun(db.Model):
    """One run of a job. What runs every second is noted only when it fails, recovers or was asked for."""

    __tablename__ = "jobs_run"
    __table_args__ = (Index("ix_jobs_run_name", "name", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(index=True)
    ms: Mapped[int]
    asked: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(Text, default="")


def note(name: str, *, at: datetime, ms: int, asked: bool, error: str) -> None:
    """Add a run to the history, and let the job's oldest go."""
    session = db.session()
    session.add(JobRun(name=name, at=at, ms=ms, asked=asked, error=error))
    session.flush()
    last = select(JobRun.id).where(JobRun.name == name).order_by(JobRun.id.desc()).offset(KEPT).limit(1).scalar_subquery()
    session.execute(delete(JobRun).where(JobRun.name == name, JobRun.id <= last).execution_options(synchronize_session=False))


def latest(limit: int) -> list[JobRun]:
    """Return the newest runs of all jobs, newest first."""
    return list(db.session().scalars(select(JobRun).order_by(JobRun.id.desc()).limit(limit)))


def forget_old(now: datetime) -> None:
    """Remove runs that are long over, of jobs that may be gone with their plugin."""
    db.session().execute(delete(JobRun).where(JobRun.at < now - KEPT_FOR))
