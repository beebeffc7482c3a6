"""Gathers the desk's routes on its blueprint."""

from unionhall.signups import desk, desk_checkin, desk_form, desk_people, desk_screen
from unionhall.signups.desk_blueprint import bp

__all__ = ["bp", "desk", "desk_checkin", "desk_form", "desk_people", "desk_screen"]
