"""Brings the campaign desk's route files together: importing them registers their views."""

from unionhall.campaigns import desk, desk_components, desk_figures, desk_moves
from unionhall.campaigns.desk_blueprint import bp

__all__ = ["bp", "desk", "desk_components", "desk_figures", "desk_moves"]
