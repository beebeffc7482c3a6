"""Brings the newsroom's route files together: importing them registers their views."""

from unionhall.news import desk, desk_edit, desk_history, desk_publish, desk_review, site_preview
from unionhall.news.desk_blueprint import bp

__all__ = ["bp", "desk", "desk_edit", "desk_history", "desk_publish", "desk_review", "site_preview"]
