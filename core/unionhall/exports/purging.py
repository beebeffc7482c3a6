"""What exports keep of a plugin that is purged: the files of its lists."""

from __future__ import annotations

from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.exports import files
from unionhall.exports.models import Export
from unionhall.platform.access import unscoped
from unionhall.platform.naming import of_plugin


def forget(name: str) -> None:
    """Remove the exports of the plugin's lists; their files go once this is stored."""
    asked = select(Export.token).where(of_plugin(Export.source, name))
    tokens = list(db.session().scalars(unscoped(asked, why="purging a plugin")))
    gone = delete(Export).where(of_plugin(Export.source, name))
    db.session().execute(gone.execution_options(synchronize_session=False))
    db.after_commit(lambda: _remove(tokens))


def _remove(tokens: list[str]) -> None:
    for token in tokens:
        files.remove(token)
