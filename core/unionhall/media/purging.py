"""What the media library keeps of a plugin that is purged: where its objects show assets."""

from __future__ import annotations

from sqlalchemy import delete

from unionhall.base import db
from unionhall.media.models import Use
from unionhall.platform.naming import of_plugin


def forget(name: str) -> None:
    """Remove the uses that the plugin noted."""
    gone = delete(Use).where(of_plugin(Use.kind, name))
    db.session().execute(gone.execution_options(synchronize_session=False))
