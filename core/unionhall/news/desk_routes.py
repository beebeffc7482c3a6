"""Brings the newsroom's route files together: importing them registers their views."""

from unionhall.news import (
    desk,
    desk_edit,
    desk_history,
    desk_import,
    desk_publish,
    desk_readership,
    desk_review,
    desk_sections,
    desk_tally,
    desk_transfer,
    site_preview,
)
from unionhall.news.desk_blueprint import bp

__all__ = [
    "bp", "desk", "desk_edit", "desk_history", "desk_import", "desk_publish", "desk_readership", "desk_review", "desk_sections",
    "desk_tally", "desk_transfer", "site_preview",
]
